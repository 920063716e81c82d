"""The shape of every message: headers, a text worth reading, and the same as HTML that mail clients keep whole."""

import re
from dataclasses import dataclass
from email.message import EmailMessage as Message
from email.utils import format_datetime, parseaddr

import css_inline
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from content.folding import one_line
from mail.addresses import LONGEST_LOCAL, address_key
from mail.headers import HEADERS_AS_WRITTEN, ascii_address, ascii_url, host_of, mailto, named_address
from mail.setting_aside import storable
from newsletter import tokens

# The style sheet goes into the elements; what only a style sheet can say, dark colours, stays one.
inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Words:
    """What a message says."""

    subject: str
    text: str
    html: str

    def with_links(self, links):
        """The same with the addresses of one reader, given as {placeholder: address}."""
        text, html = self.text, self.html
        for placeholder, url in links.items():
            text, html = text.replace(placeholder, url), html.replace(placeholder, url)
        return Words(self.subject, text, html)


def compose(template, subject, context, folder="newsletter/mail"):
    """The Words of templates/<folder>/<template>.txt and .html, in the language that is active."""
    # One line; the no-break spaces of French stay.
    subject = storable(re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", one_line(subject)).strip())
    context = {"language": translation.get_language(), "subject": subject, **context}
    text = storable(render_to_string(f"{folder}/{template}.txt", context))
    html = storable(render_to_string(f"{folder}/{template}.html", context))
    html = inliner.inline(with_whole_addresses(html))
    return Words(subject, text, html)


def with_whole_addresses(html):
    """HTML that is read away from the site: a link to a path of it names the site too."""
    return re.sub(r'(href=")(?=/(?!/))', rf"\g<1>{settings.SITE_URL}", html)


class Mail(EmailMessage):
    """A message to one person; Django's class, so that its backends take it too.

    `leave_url` is the one-click address of a reader; a message without one answers what somebody has just asked for.
    """

    def __init__(self, uid, *, to, words, leave_url=""):
        self.uid = uid
        self.leave_url = leave_url
        self.html = words.html
        super().__init__(subject=words.subject, body=words.text, from_email=settings.DEFAULT_FROM_EMAIL, to=[to])

    @property
    def return_path(self):
        """Where the server sends what cannot be delivered: signed, where an address for that is set."""
        return ascii_address(signed_address("bounce", self.uid) or parseaddr(self.from_email)[1])

    def message(self, **_kwargs):
        """The message as Python's own, the same at every call but for its date."""
        message = Message(policy=HEADERS_AS_WRITTEN)
        name, address = parseaddr(self.from_email)
        host = host_of(settings.SITE_URL)
        message["From"] = named_address(name or settings.SITE_NAME, address)
        message["To"] = ascii_address(self.to[0])
        message["Subject"] = self.subject
        message["Date"] = format_datetime(timezone.now())
        message["Message-ID"] = f"<{self.uid}@{host}>"
        if self.leave_url:
            by_mail = mailto(signed_address("leave", self.uid, address_key(self.to[0])) or address)
            message["List-Unsubscribe"] = f"<{ascii_url(self.leave_url)}>, <{by_mail}?subject=unsubscribe>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message["List-Id"] = f"<lettre.{host}>"
            message["Precedence"] = "bulk"
        else:
            message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.body, cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return message


def too_long(address):
    """Why the signed addresses of a mailbox would be refused, as the end of a sentence, or ""."""
    local = address.partition("@")[0]
    longest = LONGEST_LOCAL - len(signed_address("bounce", "0" * 20).partition("@")[0]) + len(local)
    if len(local) <= longest:
        return ""
    told = _("what precedes its @ has %(length)s characters, and %(longest)s at most leave room for the signature")
    return told % {"length": len(local), "longest": longest}


def signed_address(purpose, uid, reader=""):
    """An address of the mailbox BOUNCE_ADDRESS that names a delivery: "retours+bounce-<uid>-<signature>@…", or "".

    `reader` is the normal form of the address whose owner it speaks for.
    """
    local, at, domain = settings.BOUNCE_ADDRESS.partition("@")
    return f"{local}+{purpose}-{uid}-{tokens.stamp(purpose, uid, reader)}@{domain}" if at else ""
