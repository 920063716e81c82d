"""Owns what a test in a real browser needs: Chromium, the site as visitors get it, and a reading by axe."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.run import find_chromium

# Playwright's own event loop runs in this thread, where Django would otherwise refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("Chromium is not installed.")
    # The sandbox refuses to start for root, and a test has nothing to ask of Chromium's makers.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture
def context(context):
    # Playwright's own thirty seconds would let a few failures outlast the whole run.
    context.set_default_timeout(10_000)
    return context


@pytest.fixture(scope="session")
def static_files(tmp_path_factory, django_test_environment):
    """The settings under which static files are compressed and named by their content, once collected."""
    from tests.settings import SITE_STATICFILES, STORAGES

    as_served = override_settings(
        STATIC_ROOT=tmp_path_factory.mktemp("static"), STORAGES=STORAGES | {"staticfiles": SITE_STATICFILES}
    )
    with as_served:
        call_command("collectstatic", interactive=False, verbosity=0)
    return as_served


@pytest.fixture(scope="session")
def live_server(static_files):
    """The live server of pytest-django, whose static files come from WhiteNoise rather than from Django's finders."""
    server = LiveServer("127.0.0.1", start=False)
    server.thread.static_handler = lambda application: application
    with static_files:
        server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def base_url(live_server):
    """Lets a test write page.goto("/bonnes-pratiques/")."""
    return live_server.url


@pytest.fixture
def site(live_server, static_files, transactional_db, settings):
    """The site, holding the founding collection."""
    with static_files:
        settings.SITE_URL = live_server.url
        call_command("load_collection", verbosity=0)
        yield live_server


@pytest.fixture
def assert_accessible():
    """Call it with a page: it fails with each rule that axe finds broken, and where."""

    def check(page, **options):
        violations = Axe().run(page, **options).response["violations"]
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            + "\n".join(
                f"    {' '.join(map(str, node['target']))}\n        {node['html']}" for node in violation["nodes"]
            )
            for violation in violations
        ]
        if lines:
            pytest.fail(f"{page.url} breaks {len(lines)} rules of accessibility:\n" + "\n".join(lines), pytrace=False)

    return check
