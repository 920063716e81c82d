"""The settings of the tests: the site's own, in an environment where nothing of the developer's is left."""

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import environ

ROOT = Path(__file__).resolve().parent.parent

# The developer's variables and .env file must not decide what passes.
for name in re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE):
    os.environ.pop(name, None)
environ.Env.read_env = staticmethod(lambda *args, **kwargs: None)

os.environ["SECRET_KEY"] = "Known to everybody, long enough, and good for tests only."
os.environ["SITE_URL"] = "http://testserver"
# Messages stay in memory, and leave when a test sends them.
os.environ["EMAIL_URL"] = os.environ.get("TEST_EMAIL_URL") or "memorymail://"
os.environ["NEWSLETTER_SEND_AT_ONCE"] = "false"
os.environ["NEWSLETTER_PER_MINUTE"] = "0"
# Nothing writes behind a test's back.
os.environ["STATISTICS"] = "false"
# The SQLite file is never made: Django tests in another one.
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{ROOT}/var/unused.sqlite3"

from bonnespratiques.settings import *  # noqa: E402, F403
from bonnespratiques.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STORAGES  # noqa: E402

# Runs at the same time do not meet; the processes of one run inherit its number.
run = os.environ.setdefault("TEST_RUN", str(os.getpid()))
on_sqlite = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DATABASES["default"]["TEST"] = {
    "NAME": ROOT / f"var/test_{run}.sqlite3" if on_sqlite else f"test_bonnespratiques_{run}"
}

# Unit tests name static files and collect none; tests/browser puts the site's own storage back.
STATIC_ROOT = ROOT / "var/no-static-files"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Each process of a run is a machine of its own: none waits until another has read its files.
runtime = TemporaryDirectory()
RUNTIME_DIR = runtime.name
# A test that sends files has a folder of its own, never the developer's.
MEDIA_ROOT = ROOT / "var/no-media"
SITE_STATICFILES = STORAGES["staticfiles"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A query repeated for each row of a page is an error, whichever test asks for the page.
# The engines are tested with models of their own.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal", "tests.library"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
