"""What readers of the newsletter do: sign up, confirm, choose, leave, be erased; and what is sent to them."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from bench.pages_before_after import stillness
from bench.pages_before_after.post import link_of
from bench.pages_before_after.samples import PREFIXES, model, values_in_use
from bench.pages_before_after.visitor import Visitor
from bench.pages_before_after.walk import run

WISHES = {
    "both": {"letters": "on", "frequency": "weekly"},
    "monthly": {"letters": [], "frequency": "monthly"},
    "leaver": {"letters": "on"},
    "eraser": {"letters": "on"},
    "silent": {"letters": "on"},
}


def sign_up(walk):
    """Everybody signs up, in each language, and one of each kind of mistake is made."""
    for prefix in PREFIXES:
        said = prefix.strip("/") or settings.LANGUAGE_CODE
        make_mistakes(walk, prefix, said)
        for name, wishes in WISHES.items():
            subscribe(walk, prefix, f"{said} {name}", wishes)
    too_many(walk)


def make_mistakes(walk, prefix, said):
    """What the form answers to those who err, and to programs."""
    somebody = walk.visitor()
    page = walk.go(f"{said} from the foot", somebody, f"{prefix}/newsletter/", {"email": "colette@example.org"})
    walk.fill(f"{said} too fast", somebody, page, {"email": "colette@example.org", "letters": "on"})
    stillness.wait(seconds=30)
    wrong = {"no address": {"email": "colette"}, "nothing wanted": {"letters": [], "frequency": ""}}
    wrong |= {
        "a program": {"homepage_url": "https://spam.example"},
        "no frequency": {"theme": values_in_use()["theme"][:1]},
    }
    for name, fields in wrong.items():
        walk.fill(f"{said} {name}", somebody, page, {"email": "colette@example.org", **fields})
    elsewhere = {"headers": {"HTTP_SEC_FETCH_SITE": "cross-site"}}
    walk.go(
        f"{said} from another site",
        somebody,
        f"{prefix}/newsletter/",
        {"email": "a@example.org", "age": "x"},
        **elsewhere,
    )
    alert = {param: values[0] for param, values in values_in_use().items()}
    walk.go(f"{said} an alert", somebody, f"{prefix}/newsletter/?pays={alert['pays']}&theme={alert['theme']}&q=emploi")


def subscribe(walk, prefix, name, wishes):
    """One reader signs up, confirms, and sees her choices."""
    reader = walk.visitor()
    page = walk.go(f"{name} form", reader, f"{prefix}/newsletter/")
    stillness.wait(minutes=1)
    topics = {"theme": values_in_use()["theme"][:2]} if name.endswith("both") else {}
    walk.fill(f"{name} asks", reader, page, {"email": address_of(name), **wishes, **topics})
    [message] = walk.mail(f"{name} confirmation")
    confirmation = link_of(message, "confirmer")
    walk.go(f"{name} is asked to confirm", reader, confirmation)
    walk.go(f"{name} confirms", reader, confirmation, {})
    walk.go(f"{name} opens the link again", reader, confirmation)
    choices = choices_of(name, prefix)
    page = walk.go(f"{name} choices", reader, choices)
    if name.endswith("both"):
        walk.go(f"{name} data", reader, f"{choices}donnees.json")
        walk.fill(f"{name} wants nothing", reader, page, {"letters": [], "frequency": "x", "action": "save"})
        walk.fill(f"{name} changes", reader, page, {"letters": "on", "frequency": "weekly", "action": "save"})
        page = walk.go(f"{name} asks again, form", reader, f"{prefix}/newsletter/")
        stillness.wait(minutes=1)
        walk.fill(f"{name} asks again", reader, page, {"email": address_of(name), "letters": "on"})
        walk.mail(f"{name} confirmation for a reader")
    if name.endswith("eraser"):
        walk.fill(f"{name} is erased", reader, page, {"action": "erase"})
        walk.go(f"{name} data of nobody", reader, f"{choices}donnees.json")


def choices_of(name, prefix):
    """The address of a reader's choices, which only a mail tells: no page hands it out."""
    from newsletter import tokens

    reader = model("Subscriber")._default_manager.get(email=address_of(name))
    return f"{prefix}/newsletter/preferences/{tokens.PREFERENCES.make(reader)}/"


def too_many(walk):
    """One network asks more than it may."""
    crowd = Visitor(walk.application, network="192.0.2.3")
    page = crowd.ask("/newsletter/")
    stillness.wait(minutes=1)
    for number in range(14):
        answer = crowd.send(page, {"email": f"foule{number}@example.org", "letters": "on"})
    walk.recorder.write("fr asks too often", answer)
    walk.mail("fr the crowd")


def address_of(name):
    """The address of a reader."""
    return f"{name.replace(' ', '.')}@example.org"


def write_letter(walk, practices):
    """An editor writes a letter, looks at it, tries it, and has it leave; readers receive it, and one goes."""
    editor, at = walk.editor, "/admin/newsletter/letter"
    page = walk.go("a letter, new", editor, f"{at}/add/")
    words = {
        "title_fr": "La lettre d’hiver",
        "title_en": "The winter letter",
        "introduction_fr": "<p>Bonjour, voici <strong>trois</strong> pratiques.</p>",
        "introduction_en": "<p>Hello, here are <strong>three</strong> practices.</p>",
        "closing_fr": "<p>À bientôt !</p>",
        "letterpractice_set-0-practice": str(practices[0]),
    }
    walk.fill("a letter without a title", editor, page, {**words, "title_fr": ""}, "_save")
    walk.fill("a letter is written", editor, page, words, "_save")
    [letter] = model("Letter")._default_manager.all()
    for practice in practices[1:]:
        model("LetterPractice")._default_manager.create(letter=letter, practice_id=practice, position=1)
    around = f"{at}/{letter.pk}/apercu/"
    page = walk.go("a letter, preview", editor, around)
    for code, _name in settings.LANGUAGES:
        walk.go(f"a letter in {code}", editor, f"{around}{code}/")
    walk.fill("a letter is tried", editor, page, {"action": "trial"})
    walk.mail("a letter tried")
    walk.fill("a letter for the past", editor, page, {"send_at": "2020-01-01T10:00", "action": "schedule"})
    walk.fill("a letter is scheduled", editor, page, {"send_at": "2031-01-01T10:00", "action": "schedule"})
    walk.fill("a letter is stopped", editor, page, {"action": "stop"})
    walk.fill("a letter leaves", editor, page, {"action": "send"})
    sent = walk.mail("the letter")
    walk.go("a letter that has left", editor, f"{at}/{letter.pk}/change/")
    walk.go("a letter that has left, preview", editor, around)
    for message in sent:
        [to] = message.rcpt_tos
        reader = walk.visitor()
        walk.go(f"{to} chooses", reader, link_of(message, "preferences"))
        leaving = link_of(message, "desinscription")
        walk.go(f"{to} may leave", reader, leaving)
        if "leaver" in to:
            walk.go(f"{to} leaves", reader, leaving, {"List-Unsubscribe": "One-Click"})
            walk.go(f"{to} has left", reader, leaving)
    walk.recorder.page(walk.visitor(), "/newsletter/archives/", name="the archive")
    for prefix in PREFIXES:
        walk.recorder.page(walk.visitor(), f"{prefix}/newsletter/archives/{letter.slug}/")
        walk.recorder.page(walk.visitor(), f"{prefix}/newsletter/archives/flux.atom")


def remind(walk):
    """Readers of long ago are asked whether to go on."""
    long_ago = timezone.now() - timedelta(days=4 * 365)
    model("Subscriber")._default_manager.filter(email__contains="silent").update(seen_at=long_ago)
    run("prune", yes=True, verbosity=0)
    for message in walk.mail("reminders"):
        walk.go(f"{message.rcpt_tos[0]} goes on", walk.visitor(), link_of(message, "preferences"))


def digest(walk):
    """New practices are told to those who want them: few of them, then more than a message names."""
    for number in (3, 30):
        known = model("Practice")._default_manager.filter(status="published").order_by("-pk")[:number]
        stillness.wait(hours=1)
        model("Practice")._default_manager.filter(pk__in=list(known.values_list("pk", flat=True))).update(
            published_at=timezone.now()
        )
        stillness.wait(days=8 if number == 3 else 35)
        sent = walk.mail(f"{number} new practices")
        for message in sent:
            walk.go(f"{message.rcpt_tos[0]} is told of {number}", walk.visitor(), link_of(message, "preferences"))
