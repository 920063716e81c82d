"""The field of a form that takes a file: checked and stored as soon as it is accepted, kept if the rest is not.

A browser forgets a chosen file when a form comes back with an error. So the name of a file that was accepted travels
in the form, signed, and nobody has to choose it twice. Reading a file takes seconds, during which SQLite would let
nobody write: `receive` does it before the transaction in which Django's admin reads and saves a form.
"""

import re
from datetime import timedelta

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from content.media import documents, images
from content.media.renditions import Picture

KEPT_FOR = timedelta(hours=12)
"""How long a form may wait with a file that no row names; less than what `unused_files` waits."""


class Received(str):
    """The name of a file that was accepted by a form that was not saved; `called` is the name it was sent under."""

    called: str

    def __new__(cls, name, called):
        """A name, and the name on the disk of the sender."""
        made = super().__new__(cls, name)
        made.called = called
        return made


class StoredFileInput(forms.ClearableFileInput):
    """The file that is there, a box that takes it away, and the choice of another."""

    salt = ""

    def value_from_datadict(self, data, files, name):
        """What was sent; else the signed name of what had been sent before."""
        sent = super().value_from_datadict(data, files, name)
        return sent if sent is not None else data.get(f"{name}-kept") or None

    def render(self, name, value, attrs=None, renderer=None):
        """The site's own template, which a widget's renderer would not find."""
        context = self.get_context(name, value, attrs)
        context["widget"]["attrs"].pop("checked")
        stored = str(value or "")
        context["widget"] |= {
            "file": stored and default_storage.url(stored),
            "picture": Picture.named(stored),
            "called": getattr(value, "called", ""),
            "kept": signing.dumps([stored, value.called], salt=self.salt) if isinstance(value, Received) else "",
            "kind": stored.rpartition(".")[2].upper(),
            "cleared": self.checked,
        }
        return get_template("admin/practices/_file_input.html").render(context)


class StoredFileField(forms.FileField):
    """A file that `store` checks and stores; its value is the name that `store` gives."""

    def __init__(self, *, store, accept, **kwargs):
        widget = StoredFileInput(attrs={"accept": accept})
        widget.salt = self.salt = f"practices.admin.uploads.{store.__name__}"
        super().__init__(widget=widget, **kwargs)
        self.store = store

    def to_python(self, data):
        """The name of the file in the storage."""
        if data in self.empty_values:
            return None
        if isinstance(data, str):
            if (received := self._received(data)) is None:
                raise ValidationError(_("The file that you had chosen is no longer here: choose it again."))
            return str(received)
        data = super().to_python(data)
        if not hasattr(data, "received"):
            self.receive(data)
        if data.received is None:
            raise data.refusal
        return str(data.received)

    def receive(self, upload):
        """Check and store a file; what came of it stays with it: the name that it was given, or why it was refused."""
        upload.received = upload.refusal = None
        try:
            upload.received = Received(self.store(upload), upload.name)
        except ValidationError as refusal:
            upload.refusal = refusal

    def bound_data(self, data, initial):
        """What a form that comes back shows: the file that it has accepted, else the one that was there."""
        received = self._received(data) if isinstance(data, str) else getattr(data, "received", None)
        return received or initial

    def has_changed(self, initial, data):
        """Whether there is a new file, or none any more."""
        return not self.disabled and data is not None

    def _received(self, token):
        try:
            received = Received(*signing.loads(token, salt=self.salt, max_age=KEPT_FOR))
        except signing.BadSignature:
            return None
        return received if default_storage.exists(received) else None


def picture_field(**options):
    """A field that takes a picture."""
    return StoredFileField(store=images.store_picture, accept=images.ACCEPT, **options)


def document_field(**options):
    """A field that takes a document."""
    return StoredFileField(store=documents.store_document, accept=documents.ACCEPT, **options)


def file_fields(form, prefix=""):
    """The fields of a form class that take a file, as {pattern of their names in what is sent: field}."""
    fields = {name: field for name, field in form.base_fields.items() if isinstance(field, StoredFileField)}
    return {prefix + re.escape(name): field for name, field in fields.items()}


def receive(request, fields):
    """Check and store the files that were sent for some fields (`file_fields`); the forms then find them received."""
    for name, upload in request.FILES.items():
        field = next((field for pattern, field in fields.items() if re.fullmatch(pattern, name)), None)
        if field and upload.size:
            field.receive(upload)


def is_new(upload):
    """Whether the value of a field names a file that the form has just received."""
    return isinstance(upload, str)
