from base64 import b32decode
from io import StringIO
from urllib.parse import quote

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import call_command
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.roles import ADMINISTRATOR, EDITOR
from tests.factories import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "Une phrase de passe"
HOME = "Que souhaitez-vous faire"
CODE, ENROL = "/admin/second-facteur/", "/admin/second-facteur/activer/"


def sign_in(client, name="colette", password=PASSWORD, **extra):
    return client.post("/admin/login/?next=/admin/", {"username": name, "password": password}, follow=True, **extra)


def code_of(device):
    return f"{totp(device.bin_key):06d}"


def make_device(person):
    return TOTPDevice.objects.create(user=person, name="totp")


def test_an_editor_enters_by_password_alone(client):
    make_person("colette", EDITOR)

    assert HOME in sign_in(client).content.decode()


def test_an_administrator_makes_a_device_before_anything_else(client):
    adele = make_person("adele", ADMINISTRATOR)

    page = sign_in(client, "adele")
    elsewhere = client.get("/admin/practices/practice/")

    device = TOTPDevice.objects.get(user=adele)
    assert page.redirect_chain[-1][0].startswith(ENROL)
    assert "data:image/svg+xml" in page.content.decode()
    assert b32decode(page.context["secret"].replace(" ", "")) == device.bin_key
    assert elsewhere.status_code == 302
    assert not device.confirmed

    wrong = client.post(ENROL, {"code": "000000"} if code_of(device) != "000000" else {"code": "000001"})
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    right = client.post(ENROL, {"code": code_of(device)})

    assert "n’est pas le code" in wrong.content.decode()
    assert len(right.context["codes"]) == 10
    assert HOME in client.get("/admin/").content.decode()


def test_whoever_has_a_device_is_asked_for_a_code_whatever_their_role(client):
    device = make_device(make_person("colette", EDITOR))

    page = sign_in(client)
    wrong = client.post(CODE, {"code": "12345"})
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    right = client.post(CODE, {"code": code_of(device), "next": "/admin/practices/theme/"})

    assert page.redirect_chain[-1][0].startswith(CODE)
    assert "faux" in wrong.content.decode()
    assert right.headers["Location"] == "/admin/practices/theme/"
    assert HOME in client.get("/admin/").content.decode()


def test_a_password_alone_makes_no_second_device_for_somebody_who_has_one(client):
    make_device(make_person("colette", EDITOR))
    sign_in(client)

    response = client.get(ENROL)

    assert (response.status_code, response.headers["Location"]) == (302, CODE)
    assert TOTPDevice.objects.count() == 1


def test_a_recovery_code_opens_once(client):
    adele = make_person("adele", ADMINISTRATOR)
    make_device(adele)
    call_command("addstatictoken", "adele", "-t", "abcd2345", stdout=StringIO())

    sign_in(client, "adele")
    client.post(CODE, {"code": "ABCD 2345"})
    entered = HOME in client.get("/admin/").content.decode()
    client.post("/admin/logout/")
    sign_in(client, "adele")
    again = client.post(CODE, {"code": "abcd2345"})

    assert entered
    assert again.status_code == 200
    assert not StaticToken.objects.exists()


def test_wrong_codes_in_a_row_make_one_wait_even_for_the_right_one(client):
    device = make_device(make_person("colette", EDITOR))
    sign_in(client)

    for _attempt in range(3):
        client.post(CODE, {"code": "1"})
    early = client.post(CODE, {"code": code_of(device)})

    assert "Trop de codes faux" in early.content.decode()
    assert client.get("/admin/").status_code == 302


def test_the_way_back_stays_on_this_site(client):
    device = make_device(make_person("colette", EDITOR))
    sign_in(client)

    response = client.post(CODE, {"code": code_of(device), "next": "https://example.org/"})

    assert response.headers["Location"] == "/admin/"


def test_an_editor_may_give_up_the_second_factor_and_an_administrator_may_not(client):
    for name, role in (("colette", EDITOR), ("adele", ADMINISTRATOR)):
        device = make_device(make_person(name, role))
        sign_in(client, name)
        client.post(CODE, {"code": code_of(device)})
        client.post("/admin/second-facteur/reglages/", {"forget": "1"})
        client.post("/admin/logout/")

    assert [device.user.username for device in TOTPDevice.objects.select_related("user")] == ["adele"]


def test_somebody_who_has_not_given_the_code_can_leave(client):
    make_device(make_person("colette", EDITOR))
    sign_in(client)

    client.post("/admin/second-facteur/quitter/")

    assert client.get(CODE).headers["Location"] == "/admin/login/"


@pytest.mark.parametrize("address", [CODE, ENROL, "/admin/second-facteur/reglages/"])
def test_pages_of_the_second_factor_are_closed_to_whoever_has_not_signed_in(client, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_the_eleventh_attempt_is_refused_with_the_right_password_and_a_quarter_of_an_hour_opens_again(client):
    make_person("colette", EDITOR)

    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        answers = [sign_in(client, password="non", REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(12)]
        locked = sign_in(client, REMOTE_ADDR="198.51.100.1")
        kept = sum(AccessAttempt.objects.values_list("failures_since_start", flat=True))
        clock.shift(16 * 60)
        opened = sign_in(client, REMOTE_ADDR="198.51.100.1")

    assert answers == [200] * 9 + [429] * 3
    assert locked.status_code == 429
    assert "un quart d’heure" in locked.content.decode()
    assert kept == 10
    assert HOME in opened.content.decode()


def test_one_address_does_not_try_name_after_name(client):
    make_person("colette", EDITOR)
    with time_machine.travel("2026-03-02 08:00", tick=False):
        for number in range(10):
            sign_in(client, f"nom-{number}", "non", REMOTE_ADDR="192.0.2.1")

        assert sign_in(client, REMOTE_ADDR="192.0.2.1").status_code == 429
        assert HOME in sign_in(client, REMOTE_ADDR="192.0.2.2").content.decode()


def test_what_is_kept_of_wrong_passwords_goes_with_the_next_ones(client):
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        for number in range(30):
            sign_in(client, f"nom-{number}", "secret-tapé", REMOTE_ADDR=f"192.0.2.{number}")
        kept = [attempt.post_data for attempt in AccessAttempt.objects.all()]
        clock.shift(16 * 60)
        sign_in(client, "encore", "non")

    assert len(kept) == 30
    assert not any("secret" in data for data in kept)
    assert AccessAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("behind", "forwarded", "counted"),
    [
        (True, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (True, "garbage", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_the_address_counted_is_the_one_that_our_proxy_saw(client, settings, behind, forwarded, counted):
    settings.BEHIND_PROXY = behind

    sign_in(client, password="non", HTTP_X_FORWARDED_FOR=forwarded)

    assert AccessAttempt.objects.get().ip_address == counted


def test_odd_names_are_refused_without_an_error(client):
    for name in ("a\x00b", "é" * 300, "<script>", quote("\ud800", errors="surrogatepass")):
        assert sign_in(client, name, "non").status_code == 200
