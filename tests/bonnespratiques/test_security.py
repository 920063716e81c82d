import re

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.roles import EDITOR
from practices.filters import catalogue_index
from tests.bonnespratiques.test_settings import manage
from tests.factories import make_person, make_practice

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*type="application/(?:ld\+)?json")[^>]*>|<style\b|<[^>]+\s(?:style|on\w+)="""
)
SOURCES = {"'self'", "'none'", "data:"}


@pytest.fixture(autouse=True)
def practice():
    catalogue_index.forget()
    return make_practice(slug="connue", countries=["france"], themes=["eau"])


def policy_of(response):
    return {one.split()[0]: set(one.split()[1:]) for one in response["Content-Security-Policy"].split("; ")}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/bonnes-pratiques/",
        "/bonnes-pratiques/connue/",
        "/newsletter/",
        "/proposer/",
        "/api/",
        "/en/",
        "/nowhere/",
    ],
)
def test_a_public_page_runs_nothing_but_our_files_and_has_nothing_inline(client, path):
    response = client.get(path)

    policy = policy_of(response)
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == policy["style-src"] == {"'self'"}
    assert set().union(*policy.values()) <= SOURCES
    assert INLINE.findall(response.content.decode()) == []
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/en/", 200),
        ("/api/v1/facets/", 200),
        ("/healthz/live", 200),
        ("/admin/login/", 200),
        ("/robots.txt", 200),
        ("/nowhere/", 404),
        ("/media/nowhere.png", 404),
        ("/?q=%00", 400),
        ("/bonnes-pratiques/connue", 301),
    ],
)
def test_no_answer_leaves_a_page_the_powers_of_a_device(client, path, status):
    response = client.get(path)

    assert response.status_code == status
    powers = dict(one.split("=") for one in response["Permissions-Policy"].split(", "))
    assert set(powers.values()) == {"()"}
    assert {"camera", "microphone", "geolocation", "payment", "usb"} <= set(powers)


def test_the_back_office_allows_no_script_or_style_that_is_not_named(client):
    client.force_login(make_person("edith", EDITOR))

    for path in ("/admin/", reverse("admin:practices_practice_add")):
        policy = policy_of(client.get(path))
        for kind in ("script-src", "style-src"):
            assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & policy[kind], (path, kind)


def test_in_production_cookies_are_of_the_host_alone_and_https_is_kept_for_a_year():
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    names += ("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN")
    names += ("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT")
    code = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"

    result = manage("shell", "--no-imports", "-c", code, SECRET_KEY=settings.SECRET_KEY, SITE_URL="https://example.org")

    assert result.stdout.strip() == str(
        ["__Host-session", "__Host-csrf", True, True, True, "Lax", "Lax", None, 365 * 24 * 3600, True]
    )
