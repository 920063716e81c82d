import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.urls import URLPattern
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from zeal import zeal_ignore

from accounts.roles import ADMINISTRATOR, CONTRIBUTOR, EDITOR
from content.media.documents import store_document
from contributions.models import ProposalFile, Report, Update
from contributions.storage import private_storage
from newsletter.models import Bounce, Delivery, Subscriber
from pages.models import Page
from practices.importing import jobs
from practices.index import catalogue_version
from practices.models import Audience, Country, Kind, Organisation, Practice, Sector, Status, Step, Theme
from practices.models.links import LinkCheck
from tests.contributions.makers import make_proposal
from tests.factories import edition, in_french, make_person, make_practice, make_term
from tests.newsletter.makers import make_letter
from tests.uploads import document

pytestmark = pytest.mark.django_db

VISITOR, WAITING = "visiteur", "administration sans second facteur"
PEOPLE = [VISITOR, CONTRIBUTOR, EDITOR, WAITING, ADMINISTRATOR]
ALL_IN = (302, 200, 200, 302, 200)
EDITORS = (302, 403, 200, 302, 200)
ADMINISTRATORS = (302, 403, 403, 302, 200)
NOBODY = (302, 403, 403, 302, 403)
POSTED = (302, 405, 405, 302, 405)
ANSWERS = {
    "index": ALL_IN,
    "login": (200, 302, 302, 302, 302),
    "logout": POSTED,
    "password_change": ALL_IN,
    "password_change_done": ALL_IN,
    "autocomplete": ALL_IN,
    "jsi18n": ALL_IN,
    "view_on_site": (302, 302, 302, 302, 302),
    "app_list": ALL_IN,
    "second_factor": (302, 302, 302, 302, 302),
    "second_factor_enrol": (302, 200, 200, 200, 302),
    "second_factor_leave": (302, 405, 405, 405, 405),
    "second_factor_settings": ALL_IN,
    "review_round": POSTED,
    "guide": ALL_IN,
    "practices_practice_step": POSTED,
    "practices_practice_preview": ALL_IN,
    "practices_practice_preview_page": ALL_IN,
    "practices_practice_duplicates": ALL_IN,
    "practices_practice_deleted": EDITORS,
    "practices_practice_restore": POSTED,
    **{f"practices_practice_import{page}": EDITORS for page in ("", "_job", "_columns", "_words")},
    **{f"practices_practice_import_{step}": POSTED for step in ("advance", "write", "drop")},
    "practices_practice_export": ALL_IN,
    **{f"practices_practice_{view}": ALL_IN for view in ("changelist", "add", "change", "delete", "history")},
    # A contributor chooses terms and organisations, sees what they are, and names an organisation that is not there.
    **{
        f"practices_{model}_{view}": ALL_IN if view in ("changelist", "change", "history") else EDITORS
        for model in ("country", "sector", "theme", "kind", "audience", "organisation")
        for view in ("changelist", "add", "change", "delete", "history")
    },
    "practices_organisation_add": ALL_IN,
    **{f"practices_{model}_merge": EDITORS for model in ("country", "sector", "theme", "kind", "audience")},
    **{f"practices_linkcheck_{view}": EDITORS for view in ("changelist", "change", "history")},
    **{f"practices_linkcheck_{view}": NOBODY for view in ("add", "delete")},
    **{f"pages_page_{view}": EDITORS for view in ("changelist", "add", "change", "delete", "history")},
    **{f"auth_user_{view}": ADMINISTRATORS for view in ("changelist", "add", "change", "delete", "history")},
    "auth_user_password_change": ADMINISTRATORS,
    **{
        f"newsletter_{model}_{view}": EDITORS
        for model in ("letter", "delivery", "bounce", "subscriber")
        for view in ("changelist", "add", "change", "delete", "history")
    },
    # What is on its way is not taken back; readers come by themselves, and go when they ask.
    **dict.fromkeys(["newsletter_letter_delete", "newsletter_delivery_delete", "newsletter_bounce_delete"], NOBODY),
    **dict.fromkeys(["newsletter_delivery_add", "newsletter_bounce_add", "newsletter_subscriber_add"], NOBODY),
    **{
        f"contributions_proposal_{view}": EDITORS
        for view in ("changelist", "change", "delete", "history", "preview", "file")
    },
    **{f"contributions_report_{view}": EDITORS for view in ("changelist", "change", "delete", "history")},
    **{f"contributions_update_{view}": EDITORS for view in ("changelist", "add", "change", "delete", "history")},
    # Proposals and errors come from outside.
    "contributions_proposal_add": NOBODY,
    "contributions_report_add": NOBODY,
    "newsletter_letter_preview": EDITORS,
    "newsletter_letter_html": EDITORS,
}
"""What each address answers to a GET by each of PEOPLE; a 302 outside of ALL_IN leads to the sign-in page."""


def patterns():
    """Every named address of the back office, as {name: pattern}."""
    found = {}

    def walk(entries, prefix):
        for entry in entries:
            here = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                if entry.name:
                    found[entry.name] = here
            else:
                walk(entry.url_patterns, here)

    walk(admin.site.get_urls(), "/admin/")
    return found


PATTERNS = patterns()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A place of its own for the files of a test."""
    settings.MEDIA_ROOT = tmp_path


def sign_in(client, who):
    if who == VISITOR:
        return None
    person = make_person("quelqu-un", ADMINISTRATOR if who == WAITING else who)
    client.force_login(person)
    if who == ADMINISTRATOR:
        device = TOTPDevice.objects.create(user=person, name="totp")
        client.post("/admin/second-facteur/", {"code": f"{totp(device.bin_key):06d}"})
    return person


def address_of(name, person):
    """The address of that name for an object that exists: a practice of theirs, a term, another account."""
    practice = make_practice(status=Status.DRAFT, published_at=None, author=person)
    if name.startswith("auth_"):
        pk = make_person("autre").pk
    elif name.startswith("contributions_update"):
        pk = Update.objects.create(practice=practice, email="asso@example.org").pk
    elif name.startswith("contributions_report"):
        pk = Report.objects.create(practice=practice, text="Faux").pk
    elif name.startswith("contributions_"):
        proposal = make_proposal()
        stored = store_document(document(), private_storage())
        row = ProposalFile.objects.create(proposal=proposal, slot="document_1", file=stored, called="a.pdf", size=1)
        pk, file = proposal.pk, ("document_1", *row.parts)
    elif name.startswith("pages_"):
        pk = Page.objects.create(title="Une page", slug="une-page", body="Un texte.").pk
    elif name.startswith("newsletter_"):
        pk = newsletter_object(name.split("_")[1]).pk
    elif name.startswith("practices_linkcheck"):
        pk = LinkCheck.objects.create(url="https://example.org/", checked_at=timezone.now(), due_at=timezone.now()).pk
    elif name.startswith("practices_practice_import"):
        pk = make_import(person or make_person("autre"), words=name.endswith("_words")).pk
    elif name.startswith("practices_organisation"):
        pk = Organisation.objects.create(name="Une association").pk
    elif name.startswith("practices_") and not name.startswith("practices_practice"):
        models = {one._meta.model_name: one for one in (Country, Sector, Theme, Kind, Audience)}
        pk = make_term(models[name.split("_")[1]], "un-terme").pk
    else:
        pk = practice.pk
    content_type = ContentType.objects.get_for_model(Practice)
    address = PATTERNS[name]
    if name == "contributions_proposal_file":
        address = address.replace("<slug:slot>", file[0]).replace("<str:name>", file[1])
    address = address.replace("<path:content_type_id>", str(content_type.pk))
    address = re.sub(r"<(path:object_id|id|int:pk)>", str(pk), address).replace("<str:language>", "fr")
    address = address.replace("<str:extension>", "csv")
    address = re.sub(r"\^?\(\?P<app_label>[^)]*\)/\$", "practices/", address)
    return address + ("?app_label=practices&model_name=practice&field_name=countries" if name == "autocomplete" else "")


def make_import(by, words=False):
    """An import that is being compared, or that waits for words."""
    job = jobs.start("a.csv", b"Titre,Type\nUn,Inconnu\n", "", by)
    jobs.choose(job, job.mapping)
    if not words:
        jobs.skip_terms(job)
    return job


def newsletter_object(model):
    """A letter on its way, or what comes with one."""
    letter = make_letter(readers=1)
    delivery = Delivery.objects.get(letter=letter)
    if model == "bounce":
        return Bounce.objects.create(delivery=delivery, hard=True)
    return {"letter": letter, "delivery": delivery, "subscriber": Subscriber.objects.get()}[model]


def test_the_table_holds_every_address():
    assert set(PATTERNS) == set(ANSWERS)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ANSWERS)
def test_every_address_answers_each_role_as_it_should(client, name, who):
    person = sign_in(client, who)
    address = address_of(name, person)
    assert "<" not in address

    response = client.get(address)
    response.close()

    assert response.status_code == ANSWERS[name][PEOPLE.index(who)], (address, response.headers.get("Location"))
    if who in (VISITOR, WAITING) and response.status_code == 302 and not name.startswith("second_factor"):
        assert response.headers["Location"].startswith("/admin/")
        assert response.content == b""


@pytest.fixture
def contributor(client):
    return sign_in(client, CONTRIBUTOR)


def form(practice, **fields):
    counts = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    fields = {
        "title": "Un autre titre",
        "slug": "autre",
        "teaser": "Une accroche.",
        "kind": practice.kind_id,
        "edition": edition(practice),
        "themes": [make_term(Theme, "handicap").pk],
        "sectors": [make_term(Sector, "textile").pk],
        **{
            f"{prefix}-{name}": value
            for prefix in ("key_figures", "links", "documents")
            for name, value in counts.items()
        },
        **fields,
    }
    return in_french(fields)


OWN, OTHERS = "own", "others"
ATTEMPTS = {
    "the button of the form": ("change", {"_publish": "1"}),
    "the status in the form": ("change", {"status": "published", "published_at": "2020-01-01T08:00:00"}),
    "the address of a step": ("etape", {"_publish": "1"}),
    "the action of the list": ("list", {"action": "publish"}),
    "the archive action of the list": ("list", {"action": "archive"}),
    "the back-to-draft action of the list": ("list", {"action": "back_to_draft"}),
    "the archive button": ("etape", {"_archive": "1"}),
    "the button that says it is accurate still": ("etape", {"_confirm": "1"}),
    "the action that says they are accurate still": ("list", {"action": "confirm"}),
    "adding one that is published": ("add", {"_publish": "1", "status": "published"}),
}


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED, Status.ARCHIVED])
@pytest.mark.parametrize("whose", [OWN, OTHERS])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_contributor_decides_on_nothing_by_any_way(client, contributor, attempt, whose, status):
    author = contributor if whose == OWN else make_person("autre", CONTRIBUTOR)
    practice = make_practice(status=status, author=author, themes=["handicap"], sectors=["textile"])
    where, data = ATTEMPTS[attempt]
    base = "/admin/practices/practice/"
    address = {"change": f"{base}{practice.pk}/change/", "etape": f"{base}{practice.pk}/etape/", "add": f"{base}add/"}

    with zeal_ignore():
        response = client.post(
            address.get(where, base), form(practice, **data) | {"_selected_action": [practice.pk]}, follow=True
        )

    practice.refresh_from_db()
    assert response.status_code in (200, 403, 404)
    assert practice.status == status
    assert Practice.objects.filter(status=Status.PUBLISHED).count() == (status == Status.PUBLISHED)
    assert not Step.objects.exists()


def test_a_contributor_changes_their_drafts_only(client, contributor):
    other = make_person("autre", CONTRIBUTOR)
    answers, titles = {}, {}

    for whose, author in ((OWN, contributor), (OTHERS, other)):
        for status in Status:
            practice = make_practice(status=status, author=author)
            address = f"/admin/practices/practice/{practice.pk}/change/"
            response = client.post(address, form(practice, slug=f"autre-{practice.pk}"))
            practice.refresh_from_db()
            answers[whose, status.value] = response.status_code
            titles[whose, status.value] = practice.title == "Un autre titre"

    assert [key for key, changed in titles.items() if changed] == [(OWN, "draft")]
    assert {answers[OWN, status] for status in ("review", "published", "archived")} == {403}


def test_a_contributor_sees_nothing_of_the_drafts_of_others(client, contributor):
    other = make_person("autre", EDITOR)
    secret = make_practice(title="Encore secrète", status=Status.DRAFT, author=other)
    mine = make_practice(title="La mienne", status=Status.DRAFT, author=contributor)
    base = "/admin/practices/practice/"
    choices = "/admin/autocomplete/?app_label=practices&model_name=practice&field_name=related&term=e"

    pages = [client.get(path, follow=True).content.decode() for path in (base, f"{base}{mine.pk}/change/", choices)]
    pages += [
        client.get(f"{base}{secret.pk}/{page}/", follow=True).content.decode()
        for page in ("change", "delete", "history")
    ]
    client.post(f"{base}{mine.pk}/change/", form(mine, related=[secret.pk]))

    assert "La mienne" in pages[0]
    assert not any("Encore secrète" in page for page in pages)
    assert not mine.related.exists()


def test_a_contributor_deletes_their_draft_and_nothing_else(client, contributor):
    kept = [
        make_practice(status=Status.PUBLISHED, author=contributor),
        make_practice(status=Status.DRAFT, author=make_person("autre")),
    ]
    gone = make_practice(status=Status.DRAFT, author=contributor)

    for practice in (*kept, gone):
        client.post(f"/admin/practices/practice/{practice.pk}/delete/", {"post": "yes"})
        client.post(
            "/admin/practices/practice/",
            {"action": "delete_selected", "_selected_action": [practice.pk], "post": "yes"},
        )

    assert set(Practice.objects.all()) == set(kept)


def test_a_contributor_submits_with_the_button_and_withdraws(client, contributor):
    client.post("/admin/practices/practice/add/", form(make_practice(), slug="", _submit="1"))
    practice = Practice.objects.get(title="Un autre titre")
    submitted = practice.status, practice.author
    client.post(f"/admin/practices/practice/{practice.pk}/etape/", {"_withdraw": "1"})

    practice.refresh_from_db()
    assert submitted == (Status.IN_REVIEW, contributor)
    assert practice.status == Status.DRAFT


def test_a_form_that_lacks_a_theme_is_not_submitted_and_keeps_what_was_typed(client, contributor):
    practice = make_practice(status=Status.DRAFT, author=contributor)

    data = form(practice, themes=[], _submit="1", context="Ce que j’ai tapé")
    page = client.post(f"/admin/practices/practice/{practice.pk}/change/", data).content.decode()

    practice.refresh_from_db()
    assert "Choisissez au moins un thème" in page
    assert "Ce que j’ai tapé" in page
    assert practice.status == Status.DRAFT


def test_a_published_practice_keeps_a_theme(client):
    sign_in(client, EDITOR)
    practice = make_practice(themes=["handicap"], sectors=["textile"])

    page = client.post(f"/admin/practices/practice/{practice.pk}/change/", form(practice, themes=[])).content.decode()

    assert "Choisissez au moins un thème" in page
    assert practice.themes.exists()


def test_the_button_says_when_a_practice_will_appear(client, settings):
    sign_in(client, EDITOR)
    practice = make_practice(status=Status.DRAFT, published_at="2099-03-01T08:00:00Z")

    page = client.get(f"/admin/practices/practice/{practice.pk}/change/").content.decode()

    assert "Publier le 1er mars 2099 à 09:00" in " ".join(page.split())


def test_an_administrator_makes_an_account_and_reaches_no_superuser(client, django_user_model):
    sign_in(client, ADMINISTRATOR)
    root = make_person("root", is_superuser=True)
    role = Group.objects.get(name=EDITOR)

    client.post(
        "/admin/auth/user/add/",
        {
            "username": "nouvelle",
            "email": "n@example.org",
            "groups": [role.pk],
            "usable_password": "true",
            "password1": "Une phrase assez longue",
            "password2": "Une phrase assez longue",
            "is_superuser": "on",
        },
    )
    for path in ("change", "delete", "password"):
        client.post(f"/admin/auth/user/{root.pk}/{path}/", {"post": "yes", "username": "pris", "password1": "x"})

    made = django_user_model.objects.get(username="nouvelle")
    root.refresh_from_db()
    assert (made.is_staff, made.is_superuser, list(made.groups.all())) == (True, False, [role])
    assert (root.username, root.check_password("Une phrase de passe")) == ("root", True)


def test_a_lost_telephone_is_forgotten_by_an_administrator(client):
    sign_in(client, ADMINISTRATOR)
    colette, root = make_person("colette", EDITOR), make_person("root", is_superuser=True)
    for person in (colette, root):
        TOTPDevice.objects.create(user=person, name="totp")

    data = {"action": "reset_second_factor", "_selected_action": [colette.pk, root.pk]}
    with zeal_ignore():
        client.post("/admin/auth/user/", data)

    assert not TOTPDevice.objects.filter(user=colette).exists()
    assert TOTPDevice.objects.filter(user=root).exists()


def test_each_role_holds_its_permissions_after_every_migrate():
    contributors = Group.objects.get(name=CONTRIBUTOR)
    contributors.permissions.clear()
    Group.objects.get(name=EDITOR).delete()

    call_command("migrate", verbosity=0)

    assert contributors.permissions.filter(codename="submit_practice").exists()
    assert not contributors.permissions.filter(codename="publish_practice").exists()
    assert Group.objects.get(name=EDITOR).permissions.filter(codename="publish_practice").exists()


def test_the_account_of_an_author_moves_no_version(client):
    before = catalogue_version.current()
    make_person("quelqu-un", EDITOR)

    assert catalogue_version.current() == before
