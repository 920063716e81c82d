import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

READ = re.compile(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)\"""")
SOURCE = (settings.BASE_DIR / "bonnespratiques/settings.py").read_text(encoding="utf-8")
NAMES = sorted(set(READ.findall(SOURCE)))


def manage(*arguments, **environ):
    """Run manage.py as a server would, with nothing but `environ` in its environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://:memory:", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("document", [".env.example", "docs/settings.md"])
def test_every_setting_is_documented(name, document):
    assert re.search(rf"\b{name}\b", (settings.BASE_DIR / document).read_text(encoding="utf-8"))


def test_no_setting_is_documented_twice():
    named = re.findall(r"^\| `([A-Z_]+)` ", (settings.BASE_DIR / "docs/settings.md").read_text(encoding="utf-8"), re.M)

    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    "name", re.findall(r"^#?\s?([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.M)
)
def test_no_setting_is_documented_that_nothing_reads(name):
    everything = (
        SOURCE + (settings.BASE_DIR / "Makefile").read_text() + (settings.BASE_DIR / "tests/run.py").read_text()
    )

    assert name in everything


@pytest.mark.parametrize("secret", ["", "trop-court"])
def test_a_missing_or_short_secret_stops_everything_and_says_why(secret):
    result = manage("check", SECRET_KEY=secret)

    assert result.returncode != 0
    assert "SECRET_KEY is missing or shorter than 50 characters" in result.stderr


def test_production_settings_pass_the_deployment_check_without_a_warning():
    result = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="s3cret-" * 10 + "abcdefgh",
        SITE_URL="https://example.org",
    )

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
