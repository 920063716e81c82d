"""A third language is one line of the settings and the migrations that Django writes, as docs/langues.md says."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db

NOT_CODE = shutil.ignore_patterns(".*", "var", "bench", "docs", "img", "fonts", "__pycache__")
LINE = re.search(r"^LANGUAGES = .*\]$", (settings.BASE_DIR / "bonnespratiques/settings.py").read_text("utf-8"), re.M)[0]


@pytest.fixture
def copy(tmp_path):
    """A copy of the code, whose settings and migrations may change; what runs a command in it, on a database."""
    code = tmp_path / "code"
    shutil.copytree(settings.BASE_DIR, code, ignore=NOT_CODE)
    shutil.copy(settings.BASE_DIR / ".env.example", code)

    def run(url, *arguments):
        environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": url}
        done = subprocess.run([sys.executable, *arguments], cwd=code, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.code = code
    return run


def add_spanish(copy, url):
    """Do what docs/langues.md says, and nothing else."""
    file = copy.code / "bonnespratiques/settings.py"
    text = file.read_text("utf-8")
    file.write_text(text.replace(LINE, f'{LINE[:-1]}, ("es", "Español")]'), "utf-8")
    copy(url, "manage.py", "makemigrations", "--verbosity=0")
    copy(url, "manage.py", "migrate", "--verbosity=0")


def test_a_language_is_added_and_everything_follows(copy, blank_databases):
    url = blank_databases[-1]
    copy(url, "manage.py", "migrate", "--verbosity=0")
    copy(url, "-m", "tests.operations.third_language", "before")

    add_spanish(copy, url)

    found = json.loads(copy(url, "-m", "tests.operations.third_language", "after"))
    french = "http://testserver/bonnes-pratiques/abeilles/"
    assert found == {
        "same version": True,
        "at first": {
            "html": '<html lang="es">',
            "title": '<h1 lang="fr">Abeilles au travail</h1>',
            "teaser": '<p class="lead" lang="fr">Du miel.</p>',
            "notice": ["Cette pratique n’est pas encore traduite\u00a0: elle est présentée en français."],
            "canonical": french,
            "alternates": ["fr", "en", "x-default"],
        },
        "French words": ["Abeilles au travail"],
        "in French order": ["Abeilles au travail", "Jardin"],
        "proposing": True,
        "agreement": '<p class="form__consent" lang="fr">',
        "saved": [302, 302],
        "translated": {
            "html": '<html lang="es">',
            "title": "<h1>Taller de colmenas</h1>",
            "teaser": '<p class="lead">La miel.</p>',
            "notice": [],
            "canonical": "http://testserver/es/bonnes-pratiques/abeilles/",
            "alternates": ["fr", "en", "es", "x-default"],
        },
        "elsewhere": ["<h1>Abeilles au travail</h1>", "<h1>Of bees</h1>"],
        "Spanish words": [["Taller de colmenas"], [], []],
        "French no more": [],
        "in Spanish order": ["Jardin", "Taller de colmenas"],
        "vocabulary": [True, False],
        "data": ["Jardin", "Taller de colmenas"],
        "not translated": [False, True, True],
        "columns": ["Titre (ES)", "Accroche (ES)", "Lieu (ES)"],
        "history": "Taller de colmenas",
    }
