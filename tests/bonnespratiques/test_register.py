import re
from collections import Counter

from django.apps import apps
from django.conf import settings

ROW = re.compile(r"^\| `(\w+\.\w+)` \| ([\w, ]+) \|(.*)$", re.MULTILINE)
REGISTER = (settings.BASE_DIR / "docs/donnees-personnelles.md").read_text(encoding="utf-8")
# What only the tests install is of no site.
MODELS = [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label not in ("zeal", "library")]


def classified(rows):
    return Counter((label, name) for label, names, _rest in rows for name in names.split(", "))


def test_every_field_of_every_table_is_said_to_be_personal_or_not_once():
    fields = {(one._meta.label, field.name) for one in MODELS for field in one._meta.concrete_fields}

    found = classified(ROW.findall(REGISTER))

    assert {one for one in found if one not in fields} == set(), "the register names what is no longer there"
    assert fields - set(found) == set(), "add each of these to docs/donnees-personnelles.md, where it belongs"
    assert [one for one, count in found.items() if count > 1] == []


def test_what_is_personal_says_why_and_for_how_long():
    personal = REGISTER.partition("## Ce qui est personnel")[2].partition("## À savoir")[0]

    for label, names, rest in ROW.findall(personal):
        assert [cell.strip() for cell in rest.strip(" |").split("|")].count("") == 0, (label, names)
        assert len(rest.strip(" |").split("|")) == 3, (label, names)


def test_an_address_is_never_said_to_be_impersonal():
    impersonal = classified(ROW.findall(REGISTER.partition("## Ce qui ne l’est pas")[2]))

    assert [one for one in impersonal if re.search(r"email|ip_address|password|username", one[1])] == []
