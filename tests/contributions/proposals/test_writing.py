import re

import pytest
from django.urls import reverse

from contributions import consent_wording
from contributions.links import FOLLOW
from contributions.models import Message, Proposal, Remark
from contributions.models.proposals import State
from contributions.proposals import writing
from mail.honeypot import SHOWN
from newsletter import tokens
from newsletter.models import Delivery
from practices.editorial import revisions
from practices.models import Country, Practice, Revision, Theme
from tests.contributions.conftest import first_answers, follow_path
from tests.contributions.makers import ANSWERS, make_proposal
from tests.factories import make_term
from tests.newsletter.makers import link

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(response.content.decode().split())


def test_where_a_language_has_no_wording_one_agrees_to_the_first_and_is_told_so():
    assert consent_wording.licence("fr") == consent_wording.LICENCES[consent_wording.PRESENT]["fr"]
    assert consent_wording.licence("es") == f'<span lang="fr">{consent_wording.licence("fr")}</span>'
    assert consent_wording.consent("es").startswith('<span lang="fr">J’accepte')


def test_a_person_writes_sends_confirms_and_the_proposal_is_received(client, written, send_mail):
    draft = written()
    assert client.get(f"{draft}relire/").status_code == 200

    sent = client.post(f"{draft}relire/", follow=True)
    assert "C…e@example.org" in text(sent)
    [message] = send_mail()
    shown = client.get(link(message, "suivi"))
    before = Proposal.objects.get().state
    client.post(link(message, "suivi"), {"action": "confirm"})

    proposal = Proposal.objects.get()
    assert (shown.status_code, before, proposal.state) == (200, State.SENT, State.RECEIVED)
    assert message.to == ["Colette@example.org"]
    assert (proposal.name, proposal.credit, proposal.wording) == ("Colette Durand", "name", consent_wording.PRESENT)
    assert proposal.answers["qui-ou-quand"]["website"] == "https://example.org/roulotte"
    assert [one.subject for one in send_mail()] == ["Votre proposition est bien arrivée – Bonnes pratiques"]
    assert client.cookies == {}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 200),
        ({"age": ""}, 200),
        ({"homepage_url": "http://spam.example"}, 200),
        ({"title": "\x00"}, 200),
    ],
    ids=["no name", "no age", "the trap filled in", "a NUL"],
)
def test_a_first_step_that_is_refused_keeps_what_was_typed_and_writes_nothing(client, kind, fields, status):
    page = client.post("/proposer/nouvelle/", first_answers(**{"teaser": "Ce que j’ai tapé", **fields}))

    assert (page.status_code, Proposal.objects.count()) == (status, 0)
    assert "Ce que j’ai tapé" in text(page)
    assert 'role="alert"' in text(page)


def test_a_step_that_is_refused_keeps_on_the_server_what_is_well_answered(client, begin):
    draft = begin()

    page = client.post(f"{draft}qui-ou-quand/", {"organisation": "L’Établi", "start_year": "deux mille"})

    assert page.status_code == 200
    assert '<a href="#id_start_year">Écrivez une année en quatre chiffres' in text(page)
    assert 'value="deux mille"' in text(page)
    assert Proposal.objects.get().answers["qui-ou-quand"]["organisation"] == "L’Établi"


def test_a_wrong_address_of_a_page_is_one_thing_to_look_at_again(client, begin):
    page = text(client.post(f"{begin()}qui-ou-quand/", {"website": "pas une adresse"}))

    assert "Un point à revoir" in page
    assert page.count("Écrivez l’adresse d’une page") == 2  # above the form, and beside the box


def test_keeping_it_for_later_asks_for_nothing_that_is_missing(client, begin):
    draft = begin()

    answer = client.post(f"{draft}recit/", {"context": "Il n’y avait rien.", "later": "1"})

    assert (answer.status_code, answer.url) == (302, f"{draft}garder/")
    assert Proposal.objects.get().answers["recit"]["context"] == "Il n’y avait rien."


def test_a_draft_is_found_again_by_the_link_sent_to_its_author(client, begin, send_mail):
    draft = begin()
    client.post(f"{draft}garder/", {"email": "colette@example.org"})
    [message] = send_mail()

    shown = client.get(link(message, "suivi"))
    assert Proposal.objects.get().confirmed_at is None
    opened = client.post(link(message, "suivi"), {"action": "confirm"})

    assert shown.status_code == 200
    assert opened.url.startswith("/proposer/brouillon/")
    assert opened.url.endswith("/recit/")
    assert Proposal.objects.get().confirmed_at is not None


def test_who_confirmed_the_address_of_a_draft_sends_without_a_second_message(client, written, send_mail):
    written()
    draft = client.post(follow_path(Proposal.objects.get()), {"action": "confirm"}).url.rsplit("/", 2)[0]

    client.post(f"{draft}/relire/")

    assert Proposal.objects.get().state == State.RECEIVED


def test_another_address_has_to_be_confirmed_again(client, written):
    written()
    draft = client.post(follow_path(Proposal.objects.get()), {"action": "confirm"}).url.rsplit("/", 2)[0]

    check = client.post(f"{draft}/vous/", {**ANSWERS["vous"], "email": "autre@example.org"}).url
    sent = client.post(check).url

    assert Proposal.objects.get().state == State.SENT
    assert "a…e@example.org" in text(client.get(sent))
    assert client.get(f"{draft}/vous/").status_code == 404


def test_the_terms_one_chooses_are_kept_and_shown_again(client, begin):
    make_term(Country, "france", name="France")
    make_term(Theme, "handicap")
    draft = begin(kind="initiative")

    client.post(f"{draft}qui-ou-quand/", {"country": "france"})
    client.post(f"{draft}sujets/", {"themes": ["handicap"]})

    answers = Proposal.objects.get().answers
    preview = text(client.get(f"{draft}apercu/"))
    chosen = answers["essentiel"]["kind"], answers["qui-ou-quand"]["country"], answers["sujets"]["themes"]
    assert chosen == ("initiative", "france", ["handicap"])
    assert re.search(r'value="handicap"[^>]* checked', text(client.get(f"{draft}sujets/")))
    assert all(name in preview for name in ("Initiative", "France", "Handicap"))


def test_an_incomplete_proposal_is_not_sent(client, begin):
    draft = begin()

    page = client.post(f"{draft}relire/")

    assert page.status_code == 200
    assert "Il manque encore" in text(page)
    assert Proposal.objects.get().state == State.DRAFT


def test_the_preview_is_the_page_of_a_practice_and_makes_none(client, written):
    draft = written()

    page = text(client.get(f"{draft}apercu/"))

    assert "La roulotte qui répare" in page
    assert "<p>Elle passe &lt;chaque&gt; semaine.</p>" in page
    assert "Les Bricoleurs du Morvan" in page
    assert "réparations par mois" in page
    assert "Proposée par Colette Durand, Les Bricoleurs du Morvan" in page
    assert Practice.objects.count() == 0


def test_once_received_a_proposal_is_changed_by_nobody_who_wrote_it_without_its_mailed_link(client, written):
    draft = written()
    client.post(f"{draft}relire/")
    writing.confirm(Proposal.objects.get())

    pages = [client.get(f"{draft}{page}") for page in ("essentiel/", "apercu/", "relire/", "garder/", "envoi/")]
    client.post(f"{draft}essentiel/", {"title": "Autre chose", "teaser": "…"})

    assert not any("roulotte" in text(page) for page in pages)
    assert Proposal.objects.get().title == "La roulotte qui répare"


def test_at_most_one_message_a_day_goes_to_an_address_that_nobody_confirmed(client, written, begin, send_mail):
    draft = written()
    client.post(f"{draft}relire/")
    for _time in range(3):
        client.post(f"{draft}envoi/")
    client.post(f"{begin()}garder/", {"email": "COLETTE@example.org"})

    assert len(send_mail()) == 1
    assert send_mail() == []
    assert Delivery.objects.filter(state="dropped").count() == 4


def test_an_author_answers_a_question_once(client):
    proposal = make_proposal(state=State.QUESTION)

    for _time in range(2):
        client.post(follow_path(proposal), {"action": "answer", "text": "Depuis 2019."})

    proposal.refresh_from_db()
    assert (proposal.state, Remark.objects.get().text) == (State.RECEIVED, "Depuis 2019.")


@pytest.mark.parametrize(
    ("state", "asked", "folded"),
    [(State.QUESTION, "Votre réponse", False), (State.RECEIVED, "Ajouter quelque chose", True)],
)
def test_who_was_asked_nothing_is_not_asked_for_an_answer(client, state, asked, folded):
    page = text(client.get(follow_path(make_proposal(state=state))))

    assert asked in page
    assert ("Votre réponse" not in page) is folded


def test_the_title_of_a_proposal_is_well_set_wherever_it_is_told(client, begin):
    begin(title="L'atelier : pour qui ?")

    assert Proposal.objects.get().title == "L’atelier\xa0: pour qui\u202f?"


def test_erasing_forgets_the_proposal_its_messages_and_the_name_on_the_page(client, kind):
    practice = Practice.objects.create(title="Faite", teaser="…", kind=kind, credit="Colette Durand")
    proposal = make_proposal(state=State.ACCEPTED, practice=practice)
    revisions.record(practice.pk, None, "save")
    writing.write_to(proposal, "accepted")

    page = client.post(follow_path(proposal), {"action": "erase"})

    practice.refresh_from_db()
    assert page.status_code == 200
    assert (Proposal.objects.count(), Message.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert (practice.credit, Revision.objects.get().data["credit"]) == ("", "")


def test_no_get_of_any_link_changes_anything(client, written, django_assert_num_queries):
    draft = written()
    client.post(f"{draft}relire/")
    proposal = Proposal.objects.get()
    before = Proposal.objects.values().get()

    for path in ("essentiel/", "relire/", "apercu/", "garder/", "envoi/"):
        client.get(draft + path)
    client.get(follow_path(proposal))

    assert Proposal.objects.values().get() == before


PAGES = ["essentiel", "vous", "relire", "apercu", "garder", "envoi", "follow", "seen", "spent"]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_proposal_is_for_whoever_has_its_link_alone(client, written, name, prefix):
    draft = written()
    follow = follow_path(Proposal.objects.get())
    address = {"follow": follow, "seen": f"{follow}apercu/", "spent": "/proposer/suivi/faux/"}.get(
        name, f"{draft}{name}/"
    )

    response = client.get(prefix + address)

    assert response.status_code == (404 if name == "spent" else 200)
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert re.search(r'<meta name="robots" content="noindex', text(response))
    assert client.cookies == {}


@pytest.mark.parametrize("kind_of_link", [FOLLOW, SHOWN, tokens.PREFERENCES], ids=lambda one: one.purpose)
def test_a_link_of_another_purpose_opens_no_draft(client, begin, kind_of_link):
    begin()
    token = kind_of_link.sign(Proposal.objects.get().key)

    assert client.get(f"/proposer/brouillon/{token}/essentiel/").status_code == 404


def test_a_network_has_its_share_of_an_hour_and_what_was_typed_stays(client, kind, settings):
    settings.PROPOSALS_PER_HOUR = 2

    answers = [client.post("/proposer/nouvelle/", first_answers()) for _time in range(3)]

    assert [one.status_code for one in answers] == [302, 302, 429]
    assert "La roulotte qui répare" in text(answers[-1])


def test_a_form_sent_from_another_site_writes_nothing(client, kind):
    page = client.post("/proposer/nouvelle/", first_answers(), headers={"Sec-Fetch-Site": "cross-site"})

    assert (page.status_code, Proposal.objects.count()) == (200, 0)


def test_the_way_in_is_on_every_page_and_opens_without_a_cookie(client):
    home = text(client.get("/"))
    page = client.get("/proposer/")

    assert f'href="{reverse("contributions:about")}"' in home
    assert (page.status_code, client.cookies) == (200, {})
