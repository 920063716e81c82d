"""What a test in a real browser needs: Chromium, the site as visitors get it, and a reading by axe."""

import fcntl
import os
from importlib import import_module, reload
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from content import patterns
from content.templatetags import site as tags
from tests.browser.screens import COLOURS, DESKTOP, PHONE
from tests.run import find_chromium

# Playwright's own event loop runs in this thread, where Django would otherwise refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Mark the tests of this directory, and run them last: Playwright's event loop, once started, outlives them."""
    for item in items:
        if is_here(item):
            item.add_marker("browser")
            # Without this mark pytest-django would make no test database, and `site` would fill the real one.
            item.add_marker("django_db")
    items.sort(key=is_here)


def is_here(item):
    return item.path.is_relative_to(Path(__file__).parent)


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
    # With motion, a page still glides when a test looks where things are.
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}


@pytest.fixture
def context(context):
    # Playwright's own thirty seconds would let a few failures outlast the whole run.
    context.set_default_timeout(10_000)
    return context


@pytest.fixture(scope="session")
def static_files(tmp_path_factory, django_test_environment):
    """The settings under which static files are compressed and named by their content, once collected."""
    from tests.settings import SITE_STATICFILES, STORAGES

    own = tmp_path_factory.getbasetemp()
    # Workers share the folder above their own, and one of them does it for all.
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    storages = STORAGES | {"staticfiles": SITE_STATICFILES}
    with (shared / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "static").exists():
            unfinished = tmp_path_factory.mktemp("static")
            with override_settings(STATIC_ROOT=unfinished, STORAGES=storages):
                call_command("collectstatic", interactive=False, verbosity=0)
            unfinished.rename(shared / "static")
    return override_settings(STATIC_ROOT=shared / "static", STORAGES=storages)


@pytest.fixture(scope="session")
def server(static_files, django_db_setup):
    """A live server of what visitors get: the cache of pages, Django behind it, static files from WhiteNoise.

    It is not called `live_server`, a name for which pytest-django empties the database after every test.
    """
    live = LiveServer("127.0.0.1", start=False)
    # Lines and icons rendered by earlier tests name the static files as those tests did.
    patterns._kept_patterns.cache_clear()
    tags._icon.cache_clear()
    with static_files:
        # Made anew, because WhiteNoise looks for its files once, and somebody may have made one without them.
        application = reload(import_module("bonnespratiques.wsgi")).application
        live.thread.static_handler = lambda _application: application
        live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def base_url(server):
    """Lets a test write page.goto("/bonnes-pratiques/")."""
    return server.url


def refuse_writes(connection, **kwargs):
    """Make one new connection read-only, in the words of its database."""
    statement = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}
    with connection.cursor() as cursor:
        cursor.execute(statement[connection.vendor])


@pytest.fixture(scope="module")
def site(server, static_files, django_db_blocker):
    """The site, holding the founding collection, which the tests of one module share: no request can write to it."""
    with django_db_blocker.unblock(), static_files, override_settings(SITE_URL=server.url):
        call_command("load_collection", verbosity=0)
        # From here on, new connections are those that the server opens for its requests.
        connection_created.connect(refuse_writes)
        yield server
        connection_created.disconnect(refuse_writes)
        connection.close()
        call_command("flush", interactive=False, verbosity=0)
        # Playwright's event loop gives this thread a second connection, which pytest-django would not know to close.
        connection.close()


@pytest.fixture(params=["desktop", "phone"])
def screen(request, page):
    """The name of a screen; a test that asks for it runs on each."""
    page.set_viewport_size({"desktop": DESKTOP, "phone": PHONE}[request.param])
    return request.param


@pytest.fixture
def assert_accessible():
    """Call it with a page and colours: it fails with each rule that axe finds broken, and where.

    It returns what axe could not judge, as {rule: elements}.
    """

    def check(page, colours="light"):
        page.emulate_media(**COLOURS[colours])
        # In forced colours axe reads those that the style sheet had asked for, not those that the system puts instead.
        rules = {"color-contrast": {"enabled": colours != "forced"}}
        response = Axe().run(page, options={"rules": rules, "resultTypes": ["violations", "incomplete"]}).response
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            + "\n".join(
                f"    {' '.join(map(str, node['target']))}\n        {node['html']}" for node in violation["nodes"]
            )
            for violation in response["violations"]
        ]
        if lines:
            summary = f"{page.url} in {colours} colours breaks {len(lines)} rules of accessibility:"
            pytest.fail("\n".join([summary, *lines]), pytrace=False)
        return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in response["incomplete"]}

    return check
