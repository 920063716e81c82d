"""How a walk through several pages is recorded: each step under a name, and the mails that leave after it."""

import re
from io import BytesIO
from urllib.parse import urljoin

from django.core.management import call_command
from PIL import Image

from bench.pages_before_after import stillness
from bench.pages_before_after.post import canonical_mail
from bench.pages_before_after.visitor import Visitor

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def run(command, *arguments, step="", **options):
    """Run a command of the site; `step` names what chance is drawn for, where a command runs more than once."""
    stillness.begin(f"{command} {step}")
    call_command(command, *arguments, **options)


class Walk:
    """Records steps; `visitor` makes somebody new, `post` receives what the site sends."""

    def __init__(self, recorder, application, post):
        self.recorder = recorder
        self.application = application
        self.post = post

    def visitor(self):
        """Somebody the site has never seen."""
        return Visitor(self.application)

    def go(self, name, visitor, address, fields=None, **given):
        """Ask for an address and record the answer."""
        answer = visitor.ask(address, fields, step=f"{self.recorder.state} {name}", **given)
        return self.recorder.write(name, answer)

    def fill(self, name, visitor, page, fields, press=""):
        """Fill in a form of a page, send it, and record the answer; and the page that it leads to, if it does."""
        answer = visitor.send(page, fields, press=press, step=f"{self.recorder.state} {name}")
        self.recorder.write(name, answer)
        if 300 <= answer.code < 400:
            return self.go(f"{name}, then", visitor, urljoin(page.address, answer.header("Location")))
        return answer

    def press(self, name, visitor, page, address, fields=None):
        """Send what a button of a page sends that has no field but its token, and record where it leads."""
        token = page.form("csrfmiddlewaretoken").filled({})["csrfmiddlewaretoken"]
        answer = self.go(name, visitor, address, {"csrfmiddlewaretoken": token, **(fields or {})})
        if 300 <= answer.code < 400:
            return self.go(f"{name}, then", visitor, urljoin(address, answer.header("Location")))
        return answer

    def mail(self, name):
        """Have what is due leave, and record it; return the messages."""
        run("send_newsletter", step=f"{self.recorder.state} {name}", verbosity=0)
        received = self.post.collect()
        for number, envelope in enumerate(received, 1):
            key = f"mail: {name}, {number} to {', '.join(envelope.rcpt_tos)}"
            self.recorder.add(key, {"status": "sent", "headers": [], "body": canonical_mail(envelope)})
        return received

    def files(self, name, visitor, page, beginning):
        """Record the files that a page names, below a beginning of paths."""
        for number, path in enumerate(links(page, beginning), 1):
            self.recorder.page(visitor, path, name=f"{name} {number}")


def links(page, beginning):
    """The addresses in a page that begin so, once each, in order."""
    return list(dict.fromkeys(re.findall(rf'({re.escape(beginning)}[^"\s,]*)', page.text)))


def file(content, name):
    """Content as a form sends it."""
    sent = BytesIO(content)
    sent.name = name
    return sent


def picture():
    """A picture that a camera might have made, as a form sends it."""
    drawn = BytesIO()
    Image.linear_gradient("L").resize((640, 400)).convert("RGB").save(drawn, "JPEG")
    return file(drawn.getvalue(), "atelier.jpg")
