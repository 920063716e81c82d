"""Who works at the recorded desk: their accounts, how they sign in, and the second factor."""

from io import StringIO

from django.contrib.auth import get_user_model
from django_otp.oath import totp

from bench.pages_before_after import stillness
from bench.pages_before_after.samples import FORGED, model
from bench.pages_before_after.walk import run

PASSWORD = "le mot de passe de l’enregistrement"
ACCOUNTS = {"colette": "contributeur", "edith": "editeur", "adele": "administrateur"}
FACTOR = "/admin/second-facteur/"


def open_desk(walk):
    """Make an account of each role and sign all of them in; the walk then has `contributor`, `editor`, `chief`."""
    for name, role in ACCOUNTS.items():
        run("createeditor", name, step=name, email=f"{name}@example.org", role=role, stdout=StringIO())
        person = get_user_model()._default_manager.get(username=name)
        person.set_password(PASSWORD)
        person.save()
    walk.contributor, walk.editor, walk.chief = (walk.visitor() for _name in ACCOUNTS)
    page = walk.go("the door", walk.editor, "/admin/login/?next=/admin/")
    walk.fill("a wrong password", walk.editor, page, {"username": "edith", "password": "faux"})
    for name, visitor in zip(ACCOUNTS, (walk.contributor, walk.editor, walk.chief), strict=True):
        walk.recorder.write(f"{name} signs in", sign_in(visitor, name, PASSWORD))
    enrol(walk)


def sign_in(visitor, name, password):
    """What the door answers to a name and a password."""
    page = visitor.ask("/admin/login/?next=/admin/")
    return visitor.send(page, {"username": name, "password": password}, step=f"{name} signs in at {stillness.moment()}")


def enrol(walk):
    """The administrator makes a second factor, then signs in with it."""
    chief = walk.chief
    walk.go("the chief is asked for a factor", chief, "/admin/")
    walk.go("the chief has none", chief, f"{FACTOR}?next=/admin/")
    page = walk.go("a factor is made", chief, f"{FACTOR}activer/?next=/admin/")
    walk.fill("a factor, wrong code", chief, page, {"code": "000000"})
    stillness.wait(minutes=2)
    walk.fill("a factor is proved", chief, page, {"code": code_of("adele")})
    walk.go("the factor, settings", chief, f"{FACTOR}reglages/")
    again = walk.visitor()
    sign_in(again, "adele", PASSWORD)
    page = walk.go("the chief owes a code", again, f"{FACTOR}?next=/admin/")
    walk.fill("a wrong code", again, page, {"code": "123456"})
    stillness.wait(minutes=2)
    walk.fill("a right code", again, page, {"code": code_of("adele")})
    page = walk.go("new recovery codes, settings", again, f"{FACTOR}reglages/")
    walk.fill("new recovery codes", again, page, {"codes": "1"})
    third = walk.visitor()
    sign_in(third, "adele", PASSWORD)
    page = walk.go("the chief owes a code again", third, f"{FACTOR}?next=/admin/")
    walk.press("the chief leaves", third, page, f"{FACTOR}quitter/")
    page = walk.go("the editor, settings", walk.editor, f"{FACTOR}reglages/")
    walk.fill("the editor signs out elsewhere", walk.editor, page, {"everywhere": "1"})
    walk.go("a preview nobody made", walk.visitor(), f"/apercu/{FORGED}/")


def code_of(name):
    """The six figures that a telephone shows at this moment."""
    device = model("TOTPDevice")._default_manager.get(user__username=name)
    return f"{totp(bytes.fromhex(device.key)):06d}"
