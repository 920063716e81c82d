import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from content.media import sandbox
from contributions import attachments
from contributions.models import Proposal, ProposalFile
from contributions.models.files import Slot
from contributions.models.proposals import State
from contributions.proposals import review, writing
from operations.backup.writing import uploaded
from practices.models import Practice
from tests.contributions.conftest import follow_path
from tests.factories import make_person
from tests.uploads import PDF, archive, document, parts_of, picture, sent

pytestmark = pytest.mark.django_db

STEP = "image-et-documents/"
MACROS = archive({**parts_of("docx"), "word/vbaProject.bin": "…"})


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def post(client, django_capture_on_commit_callbacks):
    """Call it: it sends a step, and what waits for the end of the transaction happens."""

    def send(path, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, fields)

    return send


@pytest.fixture
def joined(begin, post):
    """The path of a draft that has a picture and a document."""
    draft = begin()
    answer = post(
        f"{draft}{STEP}",
        cover=picture(size=(1200, 800)),
        cover_alt="Un atelier",
        cover_credit="Photo : Anne Martin",
        document_1=document(),
        document_1_title="Le guide",
    )
    assert (answer.status_code, answer.url) == (302, f"{draft}vous/")
    return draft


def on_disk(media):
    return {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}


def named():
    return {f"proposals/{name}" for row in ProposalFile.objects.all() for name in row.names}


def secrets_of(names):
    """The words in the names of files that nobody can guess."""
    return {word for name in names for word in re.findall(r"[\w-]{22}", name)}


def text(response):
    return " ".join(response.content.decode().split())


def addresses(page):
    """The addresses of files on a page."""
    return set(re.findall(r"/proposer/[^\s\"]+/fichiers/[\w./-]+", page))


def get(client, address):
    """The headers of a file, once it has been read to its end."""
    answer = client.get(address)
    assert (answer.status_code, answer.getvalue() != b"") == (200, True)
    return answer.headers


def test_files_are_kept_out_of_the_public_folders_and_shown_to_who_holds_the_link(client, joined, media):
    folders = {name.split("/")[0] for name in on_disk(media)}
    page = text(client.get(f"{joined}apercu/"))
    found = {get(client, one)["Content-Type"] for one in addresses(page)}

    assert on_disk(media) == named()
    assert folders == {"proposals"}
    assert 'alt="Un atelier"' in page
    assert "<figcaption>Photo : Anne Martin</figcaption>" in page
    assert "Le guide" in page
    assert found == {"image/webp", "image/jpeg", "application/pdf"}


def test_nobody_reaches_a_file_without_the_link_of_its_proposal(client, joined, begin, media):
    page = text(client.get(f"{joined}apercu/"))
    other = begin()

    for one in addresses(page):
        assert Client().get(one.replace(joined, other)).status_code == 404
        assert Client().get(one.replace("/brouillon/", "/suivi/")).status_code == 404
        assert Client().get(one + "x").status_code == 404
    for name in on_disk(media):
        _folder, unguessable = name.removeprefix("proposals/").split("/")[:2]
        assert Client().get(f"/media/{name}").status_code == 404
        assert Client().get(f"/media/{name.removeprefix('proposals/')}").status_code == 404
        assert unguessable not in page
    assert Client().get(f"{joined}fichiers/cover/..%2F..%2Fdb.sqlite3").status_code == 404


def test_a_file_is_given_as_any_other_but_kept_by_no_cache_nor_robot(client, joined, media):
    answers = [get(client, one) for one in addresses(text(client.get(f"{joined}apercu/")))]

    for headers in answers:
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert "no-store" in headers["Cache-Control"]
        assert "public" not in headers["Cache-Control"]
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
    told = {headers["Content-Type"]: headers.get("Content-Disposition", "").split(";")[0] for headers in answers}
    assert not any(secret in str(headers) for headers in answers for secret in secrets_of(on_disk(media)))
    assert told == {"application/pdf": "attachment", "image/jpeg": "inline", "image/webp": "inline"}


@pytest.mark.parametrize(
    ("slot", "make", "why"),
    [
        ("cover", lambda: sent(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"), "n’est pas une image"),
        ("cover", lambda: picture(size=(100, 100)), "100 × 100"),
        ("cover", lambda: picture(name="a.png"), "finit par"),
        ("cover", lambda: sent(b"", "a.jpg"), "vide"),
        ("document_1", lambda: sent(b"<html>", "a.pdf"), "n’est pas un document"),
        ("document_1", lambda: sent(MACROS, "a.docx"), "macros"),
        ("document_1", lambda: sent(b"%PDF-" + b"0" * 1_100_000 + b"%%EOF", "a.pdf"), "pèse"),
    ],
    ids=["SVG", "small", "misnamed", "empty", "HTML", "macros", "heavy"],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_refused_file_says_why_and_nothing_else_is_lost(
    client, joined, post, media, settings, slot, make, why, later
):
    settings.UPLOAD_MAX_MB = 1
    before = on_disk(media)
    words = {"cover_alt": "Deux ateliers", "cover_credit": "", "document_1_title": "Un autre guide"}

    page = post(
        f"{joined}{STEP}", **{slot: make()}, document_2=document("odt"), **words, **({"later": "1"} if later else {})
    )

    shown = text(page)
    assert (page.status_code, why in shown.split('class="problems"')[1].split("</ul>")[0]) == (200, True)
    assert f'href="#id_{slot}"' in shown
    assert all(
        word in shown for word in ("Deux ateliers", "Un autre guide", "atelier.jpg", "rapport.pdf", "rapport.odt")
    )
    assert on_disk(media) - before == named() - before
    assert on_disk(media) >= before
    assert set(ProposalFile.objects.values_list("slot", "called")) == {
        ("cover", "atelier.jpg"),
        ("document_1", "rapport.pdf"),
        ("document_2", "rapport.odt"),
    }
    assert Proposal.objects.get().answers["image-et-documents"]["document_1_title"] == "Un autre guide"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"cover": picture}, "Dites en une phrase ce que montre l’image"),
        ({"cover": picture, "cover_alt": "Un atelier", "cover_decorative": "on"}, "n’est pas décorative"),
        ({"cover_alt": "Un atelier"}, "Ces mots accompagnent une image"),
        ({"document_2_title": "Le guide"}, "Choisissez le document qui porte ce titre"),
    ],
)
def test_words_and_files_go_together(begin, post, fields, problem):
    draft = begin()

    page = post(f"{draft}{STEP}", **{name: make() if callable(make) else make for name, make in fields.items()})

    assert problem in text(page)


def test_what_a_picture_shows_is_not_said_to_be_optional(client, begin):
    page = text(client.get(f"{begin()}{STEP}"))

    assert "Que montre l’image ? (nécessaire avec une image" in re.sub(r"<[^>]+>|\u202f", " ", page).replace("  ", " ")


def test_a_picture_that_nothing_describes_keeps_a_proposal_from_being_sent(client, written, post):
    draft = written()
    post(f"{draft}{STEP}", cover=picture())

    post(f"{draft}relire/")
    before = Proposal.objects.get().state
    post(f"{draft}{STEP}", cover_decorative="on")
    post(f"{draft}relire/")

    assert (before, Proposal.objects.get().state) == (State.DRAFT, State.SENT)
    assert "rien que le texte ne dise." in text(client.get(f"{draft}relire/"))
    assert 'alt=""' in text(client.get(f"{draft}apercu/")).split("<figure")[1].split("</figure>")[0]


def test_a_file_that_is_replaced_or_taken_away_leaves_the_disk(client, joined, post, media):
    post(f"{joined}{STEP}", cover=picture(name="autre.png", kind="PNG"), cover_alt="Autre")
    replaced = on_disk(media)
    assert replaced == named()

    post(f"{joined}{STEP}", **{"cover-clear": "on", "document_1-clear": "on"}, cover_alt="Autre", document_1_title="…")

    answers = Proposal.objects.get().answers["image-et-documents"]
    assert (ProposalFile.objects.count(), on_disk(media)) == (0, set())
    assert (answers["cover_alt"], answers["document_1_title"]) == ("", "")
    assert "/fichiers/" not in text(client.get(f"{joined}apercu/"))


def test_one_may_stay_on_the_step_to_join_files_one_by_one(begin, post):
    draft = begin()

    answer = post(f"{draft}{STEP}", document_1=document(), stay="1")

    assert (answer.status_code, answer.url) == (302, f"{draft}{STEP}")


def test_the_files_of_a_proposal_weigh_no_more_than_the_setting(begin, post, media, settings):
    settings.PROPOSAL_FILES_MB = 1
    heavy = b"%PDF-1.7" + b"0" * 600_000 + b"%%EOF"
    draft = begin()
    post(f"{draft}{STEP}", document_1=sent(heavy, "un.pdf"))

    page = post(f"{draft}{STEP}", document_2=sent(heavy, "deux.pdf"))
    post(f"{draft}{STEP}", document_1=sent(heavy, "trois.pdf"))

    assert "pèsent ensemble 1,0\u00a0Mo au plus" in page.content.decode()
    assert list(ProposalFile.objects.values_list("called", flat=True)) == ["trois.pdf"]
    assert on_disk(media) == named()


def test_addresses_that_nobody_confirmed_cannot_fill_the_disk(begin, post, media, settings):
    settings.PROPOSAL_UNCONFIRMED_MB = 0
    draft = begin()

    page = post(f"{draft}{STEP}", document_1=document(), document_1_title="Le guide")
    nothing = on_disk(media)
    writing.confirm(Proposal.objects.get())
    post(f"{draft}{STEP}", document_1=document(), document_1_title="Le guide")

    assert "dont l’adresse n’est pas confirmée" in text(page)
    assert nothing == set()
    assert on_disk(media) == named() != set()


def test_a_network_that_sends_many_files_is_stopped_and_its_words_kept(begin, post, media, settings):
    settings.PROPOSALS_PER_HOUR = 1
    draft = begin()
    for _time in range(4):
        post(f"{draft}{STEP}", document_1=document())

    page = post(f"{draft}{STEP}", document_1=document(name="cinq.pdf"), document_1_title="Mon guide")

    assert (page.status_code, "Mon guide" in text(page)) == (429, True)
    assert Proposal.objects.get().answers["image-et-documents"]["document_1_title"] == "Mon guide"
    assert ProposalFile.objects.get().called == "rapport.pdf"


def received(draft, post):
    """Have a draft reach the editors."""
    proposal = Proposal.objects.get()
    Proposal.objects.filter(pk=proposal.pk).update(
        state=State.RECEIVED, received_at=timezone.now(), confirmed_at=timezone.now(), email="colette@example.org"
    )
    proposal.refresh_from_db()
    return proposal


def test_files_sent_are_seen_by_their_author_and_by_editors_only(client, joined, post, editor_client):
    hidden = editor_client.get(f"/admin/contributions/proposal/{Proposal.objects.get().pk}/fichiers/cover/640.webp")
    proposal = received(joined, post)
    follow = follow_path(proposal)
    followed = addresses(text(client.get(f"{follow}apercu/")))
    page = text(editor_client.get(f"/admin/contributions/proposal/{proposal.pk}/change/"))
    address = f"/admin/contributions/proposal/{proposal.pk}/fichiers/cover/640.webp"

    assert hidden.status_code == 404
    assert {get(client, one)["Content-Type"] for one in followed} == {"image/webp", "image/jpeg", "application/pdf"}
    assert all(one.startswith(follow) for one in followed)
    assert "rapport.pdf (PDF, 1 ko)" in page
    assert get(editor_client, address)["Content-Type"] == "image/webp"
    assert client.get(address).status_code == 302
    stranger = Client()
    stranger.force_login(make_person("visiteuse"))
    assert stranger.get(address).status_code in (302, 403)
    assert client.get(f"{joined}fichiers/cover/640.webp").headers["Content-Type"].startswith("text/html")


def test_accepting_moves_the_files_to_the_practice_with_what_was_said_of_them(
    joined, post, media, editor, django_capture_on_commit_callbacks
):
    proposal = received(joined, post)
    before = on_disk(media)
    review.judge(proposal, editor, {"relevance": 3, "results": 3, "transferability": 3, "favourable": True})

    with django_capture_on_commit_callbacks(execute=True):
        review.accept(proposal, editor)

    practice = Practice.objects.get()
    [guide] = practice.documents.all()
    assert (practice.cover_alt, practice.cover_credit) == ("Un atelier", "Photo\u00a0: Anne Martin")
    assert (guide.title, guide.size, guide.kind) == ("Le guide", len(PDF), "pdf")
    assert on_disk(media) == {*practice.picture.names, guide.file.name}
    # Whoever saw the addresses of the proposal cannot deduce those.
    assert secrets_of(before).isdisjoint(secrets_of(on_disk(media)))
    assert ProposalFile.objects.count() == 0


def test_a_practice_that_cannot_be_made_leaves_the_proposal_its_files(joined, post, media, editor, monkeypatch):
    proposal = received(joined, post)
    before = on_disk(media)
    review.judge(proposal, editor, {"relevance": 3, "results": 3, "transferability": 3, "favourable": True})
    monkeypatch.setattr("contributions.proposals.review._decide", lambda *_args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        review.accept(proposal, editor)

    assert Practice.objects.count() == 0
    assert before <= on_disk(media)
    assert named() == before
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        call_command("prune", verbosity=0, yes=True)
    assert on_disk(media) == before


def refuse(proposal, editor):
    review.refuse(proposal, editor, "Nous l’avons déjà.")


def erase(proposal, editor):
    writing.erase(proposal)


def forget_the_draft(proposal, editor):
    Proposal.objects.filter(pk=proposal.pk).update(state=State.DRAFT)
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        call_command("prune", verbosity=0, yes=True)


@pytest.mark.parametrize("end", [refuse, erase, forget_the_draft])
def test_files_are_erased_with_what_they_were_for(joined, post, media, editor, end, django_capture_on_commit_callbacks):
    proposal = received(joined, post)

    with django_capture_on_commit_callbacks(execute=True):
        end(proposal, editor)

    assert (ProposalFile.objects.count(), on_disk(media)) == (0, set())


def test_what_a_machine_that_stopped_left_behind_goes_after_a_day(joined, post, media):
    kept = on_disk(media)
    for name in kept:
        copy = media / name.replace("images/", "images/x").replace("documents/", "documents/x")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(media / name, copy)

    for hours, more in ((23, len(kept)), (25, 0)):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            call_command("prune", verbosity=0, yes=True)
        assert len(on_disk(media)) == len(kept) + more
    assert on_disk(media) == kept == named()


def test_a_file_that_arrives_after_its_proposal_was_sent_is_not_left_on_the_disk(
    begin, media, django_capture_on_commit_callbacks
):
    begin()
    proposal = Proposal.objects.get()
    row = attachments.take(proposal, Slot.COVER, picture(), {})
    Proposal.objects.update(state=State.SENT)
    writing.confirm(proposal)

    with django_capture_on_commit_callbacks(execute=True):
        writing.save(proposal, "image-et-documents", {"cover": row, "cover_alt": "Trop tard"})

    assert (on_disk(media), ProposalFile.objects.count()) == (set(), 0)
    assert "image-et-documents" not in Proposal.objects.get().answers


def test_while_a_file_is_read_anybody_else_may_write(begin, client, writing_elsewhere):
    draft = begin()

    client.post(f"{draft}{STEP}", {"cover": picture(), "cover_alt": "Un atelier", "document_1": document()})

    assert ProposalFile.objects.count() == 2
    assert writing_elsewhere == ["content.media.drawing", "content.media.recognition"]


@pytest.mark.parametrize("error", [sandbox.Busy, sandbox.Exhausted, sandbox.Failed, OSError])
def test_a_file_that_cannot_be_read_now_is_told_and_the_words_are_kept(client, begin, monkeypatch, error):
    def fail(*_arguments):
        raise error

    draft = begin()
    monkeypatch.setattr(sandbox, "run", fail)

    answer = client.post(
        f"{draft}{STEP}",
        {"cover": picture(), "cover_alt": "Mes mots", "document_1": document(), "document_1_title": "Guide"},
    )

    assert (answer.status_code, len(answer.context["form"].errors)) == (200, 2)
    assert "Mes mots" in text(answer)
    assert Proposal.objects.get().answers["image-et-documents"]["cover_alt"] == "Mes mots"


def test_a_stranger_sends_fewer_pixels_than_an_editor_and_reads_how_many(client, begin):
    draft = begin()

    answer = client.post(f"{draft}{STEP}", {"cover": picture("a.png", (6000, 5000), "PNG", "1", 0)})

    assert "Cette image a 30 mégapixels." in text(answer)
    # In the summary of what is wrong, beside the box, and in its hint.
    assert text(answer).count("20 Mo et 25 mégapixels au plus") == 3


def test_a_lost_file_is_told_and_breaks_no_page(client, joined, media):
    shutil.rmtree(media / "proposals")

    assert client.get(f"{joined}{STEP}").status_code == 200
    assert client.get(f"{joined}fichiers/cover/640.webp").status_code == 404


GOOD = {"cover": picture, **dict.fromkeys(("document_1", "document_2", "document_3"), document)}
MOVES = st.lists(
    st.dictionaries(st.sampled_from(sorted(GOOD)), st.sampled_from(["good", "bad", "clear"]), max_size=4), max_size=5
)


@hypothesis_settings(
    max_examples=hypothesis_settings.default.max_examples // 25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(MOVES)
def test_whatever_is_sent_the_disk_holds_what_was_accepted_last_and_nothing_else(begin, post, media, moves):
    draft, expected = begin(), {}
    for number, move in enumerate(moves):
        fields = {}
        for slot, what in move.items():
            if what == "clear":
                fields[f"{slot}-clear"] = "on"
                expected.pop(slot, None)
            elif what == "bad":
                fields[slot] = sent(b"MZ", f"{number}.exe")
            else:
                extension = ".jpg" if slot == "cover" else ".pdf"
                fields[slot] = GOOD[slot](name=f"{number}{extension}")
                expected[slot] = f"{number}{extension}"

        page = post(f"{draft}{STEP}", **fields, document_1_title=f"Titre {number}")

        proposal = Proposal.objects.latest("pk")
        assert dict(proposal.files.values_list("slot", "called")) == expected
        assert on_disk(media) == named()
        if page.status_code == 200:
            assert all(called in text(page) for called in expected.values())
        if move.get("document_1") != "clear":
            assert proposal.answers["image-et-documents"]["document_1_title"] == f"Titre {number}"


def test_a_backup_takes_the_files_of_proposals(joined, media):
    assert {path.relative_to(media).as_posix() for path in uploaded(media)} == named() != set()


def test_the_folder_is_of_the_site_alone(joined, media):
    assert {Path(media, name).stat().st_mode & 0o077 for name in on_disk(media)} == {0}
