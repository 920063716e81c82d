import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import CONTRIBUTOR, EDITOR
from contributions.models import Proposal, Review
from contributions.models.proposals import State
from contributions.proposals import review, writing
from practices.editorial import workflow
from practices.models import Practice, Sector, Status, Theme
from tests.contributions.conftest import follow_path
from tests.contributions.makers import make_proposal
from tests.factories import make_person, make_term
from tests.newsletter.makers import link

pytestmark = pytest.mark.django_db
OPINION = {"relevance": 3, "results": 2, "transferability": 2, "comment": "Bien", "favourable": True}


def address(proposal):
    return f"/admin/contributions/proposal/{proposal.pk}/change/"


def words(response):
    return " ".join(response.content.decode().split())


def test_what_nobody_confirmed_is_not_in_the_queue(editor_client):
    for state in (State.DRAFT, State.SENT):
        make_proposal(state=state)
    received = make_proposal(email="vraie@example.org")

    page = editor_client.get("/admin/contributions/proposal/")
    hidden = [editor_client.get(address(one)).status_code for one in Proposal.objects.exclude(pk=received.pk)]

    assert [one.pk for one in page.context["cl"].result_list] == [received.pk]
    assert hidden == [302, 302]


def test_the_page_of_a_proposal_tells_where_it_comes_from_and_what_looks_alike(editor_client, kind):
    Practice.objects.create(title="La roulotte qui répare tout", teaser="…", kind=kind)
    proposal = make_proposal(email="colette@example.org")

    page = words(editor_client.get(address(proposal)))

    assert "Colette Durand, coordinatrice" in page
    assert "colette@example.org" in page
    assert "La roulotte qui répare tout" in page
    assert "Nous avons aménagé une roulotte." in page


def test_an_editor_judges_and_accepts_and_the_practice_is_published_with_its_credit(
    client, editor, editor_client, kind, send_mail
):
    proposal = make_proposal()
    editor_client.post(address(proposal), {"_judge": "1", **OPINION, "favourable": "on"})
    editor_client.post(address(proposal), {"_accept": "1", "accept-text": "Merci !"})
    [accepted] = send_mail()
    practice = Proposal.objects.get().practice
    made = practice.status, practice.author, practice.credit, practice.start_year
    practice.themes.add(make_term(Theme, "handicap"))
    practice.sectors.add(make_term(Sector, "textile"))

    workflow.publish(practice, editor)

    [published] = send_mail()
    credit = "Colette Durand, Les Bricoleurs du Morvan"
    assert made == (Status.DRAFT, editor, credit, 2019)
    assert [one.name for one in practice.organisations.all()] == ["Les Bricoleurs du Morvan"]
    assert [(one.value, one.label) for one in practice.key_figures.all()] == [("45", "réparations par mois")]
    assert [one.title for one in practice.links.all()] == ["Un article"]
    assert "Merci !" in accepted.body
    assert practice.get_absolute_url() in published.body
    page = words(client.get(practice.get_absolute_url()))
    assert f"Proposée par {credit}" in page
    assert "En ligne" in words(client.get(follow_path(proposal)))


@pytest.mark.parametrize(
    ("credit", "named"),
    [
        ("name", "Colette Durand, Les Bricoleurs du Morvan"),
        ("organisation", "Les Bricoleurs du Morvan"),
        ("anonymous", ""),
    ],
)
def test_a_practice_names_its_author_as_agreed(editor, kind, credit, named):
    proposal = make_proposal(credit=credit)
    review.judge(proposal, editor, OPINION)

    assert review.accept(proposal, editor).credit == named


def test_the_names_of_people_and_organisations_are_well_set(editor, kind):
    answers = {"essentiel": {"title": "La roulotte"}, "qui-ou-quand": {"organisation": "L'Établi"}}
    proposal = make_proposal(name="Colette D'Aubrac", answers=answers)
    review.judge(proposal, editor, OPINION)

    practice = review.accept(proposal, editor)

    assert practice.credit == "Colette D’Aubrac, L’Établi"
    assert [one.name for one in practice.organisations.all()] == ["L’Établi"]


LONGEST = {
    "title": ("title", '"' + "a" * 198 + '"'),
    "teaser": ("teaser", '"' + "a" * 598 + '"'),
    "place": ("place", '"' + "é" * 198 + '"'),
    "organisation": ("credit", '"' + "a" * 198 + '"'),
}


@pytest.mark.parametrize(("asked", "name", "text"), [(asked, *told) for asked, told in LONGEST.items()], ids=LONGEST)
def test_what_the_spaces_of_a_printer_would_make_too_long_stays_as_it_was_typed(editor, kind, asked, name, text):
    answers = {"essentiel": {"title": "La roulotte", "teaser": "Un atelier."}, "qui-ou-quand": {}}
    answers["essentiel" if asked in answers["essentiel"] else "qui-ou-quand"][asked] = text
    proposal = make_proposal(credit="organisation", answers=answers)
    review.judge(proposal, editor, OPINION)

    practice = review.accept(proposal, editor)

    practice.refresh_from_db()
    practice.full_clean()
    assert getattr(practice, name) == text


def test_what_no_practice_can_hold_is_told_to_who_accepts_and_nothing_is_made(editor, kind):
    answers = {
        "essentiel": {"title": "La roulotte", "teaser": "Un atelier."},
        "qui-ou-quand": {"website": "javascript:a"},
    }
    proposal = make_proposal(answers=answers)
    review.judge(proposal, editor, OPINION)

    with pytest.raises(ValidationError) as refused:
        review.accept(proposal, editor)

    assert refused.value.messages == ["«\u00a0javascript:a\u00a0»\u00a0: Saisissez une URL valide."]
    assert (Practice.objects.count(), Proposal.objects.get().state) == (0, State.RECEIVED)


def test_a_practice_told_in_english_is_made_in_the_first_language_for_the_editors_to_translate(editor, kind):
    proposal = make_proposal(language="en")
    review.judge(proposal, editor, OPINION)

    with translation.override("en"):
        practice = review.accept(proposal, editor)

    assert (practice.title_fr, practice.title_en) == ("La roulotte qui répare", None)


def test_two_different_people_have_to_be_in_favour_where_the_setting_asks(settings, editor, kind):
    settings.PROPOSAL_VALIDATIONS = 2
    other = make_person("edmond", EDITOR)
    proposal = make_proposal()
    for person in (editor, editor):
        review.judge(proposal, person, OPINION)

    with pytest.raises(ValidationError, match="1"):
        review.accept(proposal, editor)
    review.judge(proposal, other, {**OPINION, "favourable": False})
    with pytest.raises(ValidationError):
        review.accept(proposal, editor)
    review.judge(proposal, other, OPINION)
    review.accept(proposal, editor)

    assert (Review.objects.count(), Proposal.objects.get().state) == (2, State.ACCEPTED)


def test_the_button_stays_disabled_and_a_forced_post_is_refused_without_an_opinion(editor_client, kind):
    proposal = make_proposal()

    page = editor_client.post(address(proposal), {"_accept": "1", "accept-text": "Un mot"})

    assert "Il faut encore 1 personne favorable avant d’accepter cette proposition." in words(page)
    assert "Un mot" in words(page)
    assert Practice.objects.count() == 0


def test_a_question_leaves_by_mail_and_its_answer_comes_by_the_link(client, editor_client, send_mail):
    proposal = make_proposal()
    editor_client.post(address(proposal), {"_ask": "1", "ask-text": "Depuis quand ?"})
    [message] = send_mail()

    client.post(link(message, "suivi"), {"action": "answer", "text": "Depuis le printemps."})

    assert "Depuis quand ?" in message.body
    assert Proposal.objects.get().state == State.RECEIVED
    assert "Depuis le printemps." in words(editor_client.get(address(proposal)))


def test_a_refusal_needs_a_reason_which_its_author_reads(client, editor_client, send_mail):
    proposal = make_proposal()
    editor_client.post(address(proposal), {"_refuse": "1", "refuse-text": " "})
    before = Proposal.objects.get().state
    editor_client.post(address(proposal), {"_refuse": "1", "refuse-text": "Hors de notre sujet."})
    [message] = send_mail()

    assert (before, Proposal.objects.get().state) == (State.RECEIVED, State.REFUSED)
    assert "Hors de notre sujet." in message.body
    assert "Hors de notre sujet." in words(client.get(follow_path(proposal)))


def test_what_is_decided_is_not_decided_again(editor, kind):
    proposal = make_proposal()
    review.refuse(proposal, editor, "Non.")

    for step in (review.ask, review.accept, review.refuse):
        with pytest.raises(ValidationError):
            step(proposal, editor, "Encore")
    with pytest.raises(ValidationError):
        review.judge(proposal, editor, OPINION)


def test_a_contributor_judges_nothing(kind):
    person = make_person("camille", CONTRIBUTOR)

    for step in (review.ask, review.accept, review.refuse, review.judge):
        with pytest.raises(PermissionDenied):
            step(make_proposal(), person, OPINION if step is review.judge else "…")


def test_the_list_asks_the_same_number_of_queries_however_long_it_is(editor_client, django_assert_num_queries):
    make_proposal()
    editor_client.get("/admin/contributions/proposal/")
    with CaptureQueriesContext(connection) as one:
        editor_client.get("/admin/contributions/proposal/")
    for _number in range(5):
        make_proposal()

    with django_assert_num_queries(len(one)):
        editor_client.get("/admin/contributions/proposal/")


def test_an_editor_erases_a_proposal_whole(editor_client):
    proposal = make_proposal()
    writing.write_to(proposal, "received")

    editor_client.post(f"/admin/contributions/proposal/{proposal.pk}/delete/", {"post": "yes"})

    assert Proposal.objects.count() == 0
