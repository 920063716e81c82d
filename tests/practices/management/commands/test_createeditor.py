import re
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def create(*arguments):
    output = StringIO()
    call_command("createeditor", *arguments, stdout=output)
    return output.getvalue()


def test_an_editor_signs_in_with_what_the_command_printed(client):
    printed = create("colette", "--email", "colette@example.org")
    password = re.search(r"Mot de passe\u00a0: (\S+)", printed)[1]

    response = client.post("/admin/login/?next=/admin/", {"username": "colette", "password": password}, follow=True)

    assert "http://testserver/admin/" in printed
    assert "Que souhaitez-vous faire" in response.content.decode()


def test_an_editor_edits_the_catalogue_and_the_pages_and_no_accounts():
    create("colette")
    editor = get_user_model().objects.get(username="colette")

    assert editor.has_perms(["practices.add_practice", "practices.delete_theme", "pages.change_page"])
    assert not editor.has_perm("auth.change_user")
    assert not editor.is_superuser


def test_a_role_is_told_in_the_singular():
    assert re.search(r"Rôle +\u00a0: éditeur ou éditrice\n", create("colette"))


def test_an_empty_name_is_not_told_to_be_taken(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _asked: " ")

    with pytest.raises(CommandError, match="Donnez un identifiant"):
        create()


@pytest.mark.parametrize("name", ["colette", "COLETTE"])
def test_a_name_that_is_taken_is_refused(name):
    create("colette")

    with pytest.raises(CommandError, match="déjà pris"):
        create(name)


@pytest.mark.parametrize("words", [["c" * 151], ["colette durand"], ["colette", "--email", "colette"]])
def test_an_account_that_nobody_could_have_is_refused_in_words(words):
    with pytest.raises(CommandError, match="«\u00a0c"):
        create(*words)

    assert get_user_model().objects.count() == 0
