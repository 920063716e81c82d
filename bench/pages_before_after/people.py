"""What people bring: proposals written step by step, errors they report, updates by their organisations."""

from urllib.parse import urlsplit

from django.conf import settings

from bench.pages_before_after import stillness
from bench.pages_before_after.post import link_of
from bench.pages_before_after.samples import PREFIXES, model, slugs, values_in_use
from bench.pages_before_after.walk import PDF, file, picture

ANSWERS = {
    "title": "La roulotte qui répare",
    "teaser": "Un atelier de réparation va de village en village.",
    "organisation": "Les Bricoleurs du Morvan",
    "website": "example.org/roulotte",
    "country": "france",
    "place": "Autun",
    "start_year": "2019",
    "response": "Nous avons aménagé une roulotte.\n\nElle passe <chaque> semaine & on répare.",
    "results": "On répare !",
    "figure_1_value": "45",
    "figure_1_label": "réparations par mois",
    "link_1_url": "https://example.org/article",
    "link_1_title": "Un article",
    "cover_alt": "Trois personnes devant une roulotte.",
    "document_1_title": "Le rapport de 2025",
    "name": "Colette Durand",
    "role": "coordinatrice",
    "credit": "name",
    "licence": "on",
    "consent": "on",
}
WRONG = {
    "title": "",
    "website": "nulle part",
    "end_year": "1800",
    "response": "",
    "figure_1_label": "rien",
    "cover": lambda: file(b"MZ" * 500, "image.jpg"),
    "document_1": lambda: file(b"MZ" * 500, "prime.pdf"),
    "email": "colette",
}


def contribute(walk):
    """All that people bring, in each language."""
    for prefix in PREFIXES:
        said = prefix.strip("/") or settings.LANGUAGE_CODE
        accepted_proposal(walk, prefix, said)
        refused_proposal(walk, prefix, said)
        report(walk, prefix, said)
        update(walk, prefix, said)


def write_proposal(walk, name, visitor, page, email):
    """Answer every step, one wrongly first, up to the page that sends all of it."""
    known = values_in_use()
    terms = {"themes": known["theme"][:2], "sectors": known["secteur"][:1], "audiences": known["public"][:1]}
    while not urlsplit(page.address).path.endswith("/relire/"):
        step = urlsplit(page.address).path.rstrip("/").rpartition("/")[2]
        names = page.form("later").names
        wrong = {one: value() if callable(value) else value for one, value in WRONG.items() if one in names}
        if wrong:
            walk.fill(f"{name} {step}, wrongly", visitor, page, wrong)
        files = {"cover": picture(), "document_1": file(PDF, "rapport.pdf")}
        given = {**ANSWERS, **terms, **files, "email": email}
        page = walk.fill(f"{name} {step}", visitor, page, {one: given[one] for one in given if one in names})
    return page


def begin(walk, prefix, name):
    """The first page of a proposal, read for a minute."""
    visitor = walk.visitor()
    page = walk.go(f"{name} begins", visitor, f"{prefix}/proposer/nouvelle/")
    walk.fill(f"{name} too fast", visitor, page, {"title": "Trop vite", "teaser": "Bien trop vite."})
    stillness.wait(minutes=1)
    return visitor, page


def look_around(walk, name, visitor, page):
    """What was written, as a page, and its files."""
    seen = walk.go(f"{name} as a page", visitor, page)
    walk.files(f"{name} file", visitor, seen, page.rpartition("apercu/")[0] + "fichiers/")


def accepted_proposal(walk, prefix, said):
    """A proposal that is sent, confirmed, questioned, accepted and published."""
    name, email = f"{said} accepted", f"{said}.acceptee@example.org"
    visitor, page = begin(walk, prefix, name)
    page = write_proposal(walk, name, visitor, page, email)
    draft = page.address.removesuffix("relire/")
    look_around(walk, f"{name} draft", visitor, f"{draft}apercu/")
    walk.go(f"{name} keeps", visitor, f"{draft}garder/")
    walk.go(f"{name} to nobody", visitor, f"{draft}garder/", {"email": "x"})
    walk.go(f"{name} unknown step", visitor, f"{draft}inconnue/")
    walk.go(f"{name} is sent", visitor, f"{draft}relire/", {})
    walk.go(f"{name} was sent", visitor, f"{draft}envoi/")
    walk.go(f"{name} is sent again", visitor, f"{draft}envoi/", {})
    [message] = walk.mail(f"{name} link")
    follow = link_of(message, "suivi")
    walk.go(f"{name} may be confirmed", visitor, follow)
    walk.go(f"{name} is confirmed", visitor, follow, {"action": "confirm"})
    walk.mail(f"{name} received")
    walk.go(f"{name} has arrived", visitor, f"{draft}essentiel/")
    walk.go(f"{name} followed", visitor, follow)
    look_around(walk, f"{name} sent", visitor, f"{follow}apercu/")
    walk.go(f"{name} empty addition", visitor, follow, {"action": "answer", "text": ""})
    proposal = model("Proposal")._default_manager.get(email=email)
    desk = f"/admin/contributions/proposal/{proposal.pk}"
    page = walk.go(f"{name} at the desk", walk.editor, f"{desk}/change/")
    walk.files(f"{name} file at the desk", walk.editor, page, f"{desk}/fichiers/")
    walk.go(f"{name} as a page at the desk", walk.editor, f"{desk}/apercu/")
    walk.fill(f"{name} is questioned", walk.editor, page, {"ask-text": "Depuis quand ?"}, "_ask")
    walk.mail(f"{name} question")
    walk.go(f"{name} is asked", visitor, follow)
    walk.go(f"{name} answers", visitor, follow, {"action": "answer", "text": "Depuis 2019."})
    walk.go(f"{name} has answered", visitor, follow)
    walk.fill(f"{name} accepted too soon", walk.editor, page, {"accept-text": "Merci !"}, "_accept")
    opinion = {"relevance": "3", "results": "2", "transferability": "3", "comment": "Bien.", "favourable": "on"}
    walk.fill(f"{name} is judged", walk.editor, page, opinion, "_judge")
    walk.fill(f"{name} is accepted", walk.editor, page, {"accept-text": "Merci !"}, "_accept")
    walk.mail(f"{name} accepted")
    walk.go(f"{name} knows", visitor, follow)
    publish_draft(walk, name, model("Proposal")._default_manager.get(email=email).practice_id)
    walk.mail(f"{name} published")
    walk.go(f"{name} sees", visitor, follow)


def publish_draft(walk, name, practice):
    """The editor publishes what a proposal became; its page and its files are public."""
    page = walk.go(f"{name} draft at the desk", walk.editor, f"/admin/practices/practice/{practice}/change/")
    walk.fill(f"{name} is published", walk.editor, page, {"_publish": "1"})
    slug = model("Practice")._default_manager.get(pk=practice).slug
    for prefix in PREFIXES:
        shown = walk.recorder.page(walk.visitor(), f"{prefix}/bonnes-pratiques/{slug}/", name=f"{name} page {prefix}")
    walk.files(f"{name} media", walk.visitor(), shown, "/media/")


def refused_proposal(walk, prefix, said):
    """A proposal that is kept for later, taken up by the link, refused, and erased by its author."""
    name, email = f"{said} refused", f"{said}.refusee@example.org"
    visitor, page = begin(walk, prefix, name)
    first = {"title": "Une idée", "teaser": "Une idée à reprendre plus tard."}
    page = walk.fill(f"{name} later", visitor, page, first, "later")
    draft = page.address.removesuffix("garder/")
    walk.go(f"{name} lacks answers", visitor, f"{draft}relire/")
    walk.fill(f"{name} where", visitor, page, {"email": email})
    [message] = walk.mail(f"{name} link")
    follow = link_of(message, "suivi")
    walk.go(f"{name} may go on", visitor, follow)
    goes_on = walk.go(f"{name} goes on", visitor, follow, {"action": "confirm"})
    page = walk.go(f"{name} where it stopped", visitor, goes_on.header("Location"))
    page = write_proposal(walk, f"{name} again", visitor, page, email)
    # The link of whoever began the draft ended when the owner of the address went on with it.
    walk.go(f"{name} is received at once", visitor, page.address, {})
    walk.mail(f"{name} received")
    pk = model("Proposal")._default_manager.get(email=email).pk
    page = walk.go(f"{name} at the desk", walk.editor, f"/admin/contributions/proposal/{pk}/change/")
    walk.fill(f"{name} without a reason", walk.editor, page, {"refuse-text": ""}, "_refuse")
    walk.fill(f"{name} is refused", walk.editor, page, {"refuse-text": "Ce n’est pas notre sujet."}, "_refuse")
    walk.mail(f"{name} refused")
    walk.go(f"{name} knows", visitor, follow)
    if prefix:
        walk.go(f"{name} is erased", visitor, follow, {"action": "erase"})
        walk.go(f"{name} is gone", visitor, follow)


def report(walk, prefix, said):
    """Somebody tells an error, with an address and without; the editor answers."""
    name, reader = f"{said} report", walk.visitor()
    slug = slugs(model("Practice"))[3]
    page = walk.go(f"{name} form", reader, f"{prefix}/bonnes-pratiques/{slug}/signaler/")
    walk.fill(f"{name} too fast", reader, page, {"text": "Le chiffre est faux."})
    stillness.wait(minutes=1)
    walk.fill(f"{name} of nothing", reader, page, {"text": "", "email": "x"})
    walk.fill(f"{name} without an address", reader, page, {"text": "Le lien est mort."})
    walk.fill(f"{name} is sent", reader, page, {"text": "Le chiffre est faux.", "email": f"{said}.avis@example.org"})
    for one in model("Report")._default_manager.filter(state="new", language=said).order_by("pk"):
        page = walk.go(f"{name} {one.pk} at the desk", walk.editor, f"/admin/contributions/report/{one.pk}/change/")
        walk.fill(f"{name} {one.pk} is answered", walk.editor, page, {"answer": "Merci, c’est corrigé."}, "_save")
    walk.mail(f"{name} answers")


def update(walk, prefix, said):
    """Organisations are asked whether a page still holds: one confirms, one changes it."""
    for number, outcome in enumerate(("confirm", "change"), 1):
        name, organisation = f"{said} update to {outcome}", walk.visitor()
        practice = model("Practice")._default_manager.order_by("pk")[2 * number + len(prefix)]
        page = walk.go(f"{name} form", walk.editor, "/admin/contributions/update/add/")
        asked = {"practice": str(practice.pk), "email": f"{said}.{outcome}@example.org", "language": said}
        walk.fill(f"{name} of nothing", walk.editor, page, {**asked, "practice": [], "email": "x"}, "_save")
        walk.fill(f"{name} is asked", walk.editor, page, {**asked, "note": "Une question ?"}, "_save")
        [message] = walk.mail(name)
        link = link_of(message, "mise-a-jour")
        page = walk.go(f"{name} is seen", organisation, link)
        if outcome == "confirm":
            walk.go(f"{name} is confirmed", organisation, link, {"action": "confirm"})
        else:
            wrong = {"title": "", "start_year": "2020", "end_year": "1990", "action": "change"}
            walk.fill(f"{name} is wrong", organisation, page, wrong)
            changed = {"place": "Autun", "context": "Tout a changé.", "remark": "Voilà.", "action": "change"}
            walk.fill(f"{name} is proposed", organisation, page, changed)
        walk.go(f"{name} afterwards", organisation, link)
        pk = model("Update")._default_manager.order_by("-pk").first().pk
        page = walk.go(f"{name} at the desk", walk.editor, f"/admin/contributions/update/{pk}/change/")
        if outcome == "change":
            walk.fill(f"{name} is accepted", walk.editor, page, {"kept": ["place"]}, "_accept")
            walk.go(f"{name} is decided", organisation, link)
