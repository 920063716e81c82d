import re

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from tests.typography import faults

CATALOGUES = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|<[^>]+>")


def entries(path):
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def words(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_message_is_translated_and_none_is_doubtful(path):
    assert [entry.msgid for entry in entries(path) if entry.fuzzy or not all(words(entry))] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_translation_keeps_the_placeholders_and_the_markup(path):
    for entry in entries(path):
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for word in words(entry):
            assert set(PLACEHOLDER.findall(word)) == wanted or "counter" in str(wanted - set(PLACEHOLDER.findall(word)))


def test_the_french_of_the_interface_is_well_set():
    for entry in entries(settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po"):
        for word in words(entry):
            plain = PLACEHOLDER.sub("x", word)
            assert not faults(plain), (entry.msgid, faults(plain))


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("fr", 0, "0 pratique"),
        ("fr", 1, "1 pratique"),
        ("fr", 2, "2 pratiques"),
        ("en", 0, "0 practices"),
        ("en", 1, "1 practice"),
        ("en", 2, "2 practices"),
    ],
)
def test_plurals_are_those_of_the_language(language, count, expected):
    with translation.override(language):
        words = ngettext("%(counter)s practice", "%(counter)s practices", count)

    assert words % {"counter": count} == expected
