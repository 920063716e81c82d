import pytest
from django.conf import settings
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from zeal import zeal_ignore

from accounts.roles import ADMINISTRATOR, EDITOR
from tests.factories import make_person

pytestmark = pytest.mark.django_db

SETTINGS = "/admin/second-facteur/reglages/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def is_inside(client):
    return client.get("/admin/").status_code == 200


def test_one_signs_out_everywhere_else():
    person, other = make_person("edith", EDITOR), signed_in(make_person("rose", EDITOR))
    here, there = signed_in(person), signed_in(person)

    here.post(SETTINGS, {"everywhere": "1"})

    assert [is_inside(client) for client in (here, there, other)] == [True, False, True]


def test_an_administrator_signs_somebody_out():
    person = make_person("edith", EDITOR)
    there = signed_in(person)
    adele = make_person("adele", ADMINISTRATOR)
    client = signed_in(adele)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.create(user=adele).persistent_id
    session.save()

    client.post("/admin/auth/user/", {"action": "sign_out", "_selected_action": [person.pk]})

    assert [is_inside(client), is_inside(there)] == [True, False]


def test_a_new_password_ends_the_other_sessions():
    person = make_person("edith", EDITOR)
    here, there = signed_in(person), signed_in(person)
    new = "Une autre phrase de passe"

    here.post(
        "/admin/password_change/",
        {"old_password": "Une phrase de passe", "new_password1": new, "new_password2": new},
    )

    with zeal_ignore():  # a session that ends is read twice
        assert [is_inside(here), is_inside(there)] == [True, False]


def test_a_closed_account_is_out_at_once():
    person = make_person("edith", EDITOR)
    client = signed_in(person)
    person.is_active = False
    person.save()

    assert not is_inside(client)


def test_sessions_are_short():
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600
    assert not settings.SESSION_SAVE_EVERY_REQUEST
