import bibtexparser
import pytest
import rispy

from practices.models import Organisation
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

PAGE = "/bonnes-pratiques/envie/"


@pytest.fixture
def practice():
    one = make_practice(
        slug="envie", title="50 % & plus : l’{œuvre}_#1 ~ ^ \\ $", teaser="Une\naccroche.", themes=["a"]
    )
    one.organisations.add(Organisation.objects.create(name="Terre & Cie"), Organisation.objects.create(name="Zeste"))
    return one


def plain(tex):
    """TeX read back, as a citation manager shows it."""
    for command, character in ((r"\textbackslash{}", "\0"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^")):
        tex = tex.replace(command, character)
    for character in "&%$#_{}":
        tex = tex.replace(f"\\{character}", character)
    return tex.replace("\0", "\\")


def test_a_citation_manager_reads_bibtex(client, practice):
    response = client.get(f"{PAGE}citation.bib")

    [entry] = bibtexparser.loads(response.content.decode()).entries
    assert (entry["ENTRYTYPE"], entry["ID"]) == ("misc", "envie")
    assert plain(entry["title"].removeprefix("{").removesuffix("}")) == practice.title
    assert plain(entry["author"]) == "{Terre & Cie} and {Zeste}"
    assert entry["url"] == f"http://testserver{PAGE}"
    assert entry["year"] == str(practice.updated_at.year)
    assert response.headers["Content-Disposition"] == 'attachment; filename="envie.bib"'


def test_a_citation_manager_reads_ris(client, practice):
    [entry] = rispy.loads(client.get(f"{PAGE}citation.ris").content.decode())

    assert entry["type_of_reference"] == "ELEC"
    assert entry["title"] == practice.title
    assert entry["authors"] == ["Terre & Cie", "Zeste"]
    assert entry["urls"] == [f"http://testserver{PAGE}"]
    assert (entry["abstract"], entry["keywords"]) == ("Une accroche.", ["A"])


def test_the_page_gives_a_citation_to_copy(client):
    make_practice(slug="envie", title="Envie")

    page = client.get(PAGE).content.decode()

    assert "«\u00a0Envie\u00a0», Bonnes pratiques, mis à jour le" in page
    assert f'href="{PAGE}citation.ris"' in page


def test_what_is_not_public_is_not_cited(client):
    make_practice(slug="envie", status="draft")

    assert [client.get(f"{PAGE}citation.{one}").status_code for one in ("bib", "ris")] == [404, 404]
