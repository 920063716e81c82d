"""The step of a proposal by which a picture and documents are joined; what becomes of them is in `attachments`.

A browser forgets a chosen file when a form comes back. So each is stored as soon as it is accepted, whatever becomes of
the rest of the form, and what is refused says why.
"""

from functools import partial
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from content.media import documents, images
from contributions import attachments
from contributions.forms.fields import StepForm, short
from contributions.models.files import DOCUMENTS, Slot

ROUTE = "contributions:file"


class AttachmentInput(forms.FileInput):
    """The choice of a file; a box beside it takes away the one that is there, unless another is sent."""

    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data, files, name):
        """What was sent; else False where the box is ticked."""
        sent = super().value_from_datadict(data, files, name)
        return False if not sent and f"{name}-clear" in data else sent


class AttachmentField(forms.FileField):
    """A file that `take` checks and stores; its value is a row (`contributions.models.ProposalFile`).

    `told` is what its question is called where answers are read.
    """

    def __init__(self, accept, take, told, **options):
        super().__init__(required=False, widget=AttachmentInput(attrs={"accept": accept}), **options)
        self.take, self.told = take, told

    def to_python(self, data):
        """The row of the file that was sent."""
        data = super().to_python(data)
        if data is not None:
            data.row = self.take(data)
            return data.row
        return None

    def bound_data(self, data, initial):
        """What a form that comes back shows: the file that it has just taken, else the one that was there."""
        return None if data is False else getattr(data, "row", initial)


class FilesForm(StepForm):
    """A picture and documents, all of them optional."""

    step, heading = "image-et-documents", _("A picture, documents")
    lead = _(
        "None of it is needed. Nobody but you and the editors sees your files until the page is published; they are "
        "erased if your proposal is not kept."
    )
    stays = True
    groups = (
        (_("A picture"), (Slot.COVER.value, "cover_alt", "cover_decorative", "cover_credit")),
        *((slot.label, (slot.value, f"{slot.value}_title")) for slot in DOCUMENTS),
    )

    cover_alt = short(
        _("What does the picture show?"),
        _("One sentence for those who do not see it, such as: “Three people sort clothes on a long table”."),
        longest=250,
    )
    cover_alt.optional = _("(needed with a picture, unless it is decorative)")
    cover_decorative = forms.BooleanField(
        required=False, label=_("It is decorative: it tells nothing that the text does not.")
    )
    cover_credit = short(
        _("Who made it?"), _("Printed under the picture. For example: “Photograph: Anne Martin”."), longest=200
    )

    def add_fields(self):
        """Ask for the files, each with what one may say of it, and show those that are there."""
        self.fields[Slot.COVER.value] = AttachmentField(
            images.ACCEPT,
            self._take(Slot.COVER),
            Slot.COVER.label,
            label=_("Choose a picture"),
            help_text=lazy(images.accepted, str)(images.MOST_OF_STRANGERS),
        )
        for number, slot in enumerate(DOCUMENTS):
            hint = lazy(documents.accepted, str)() if not number else ""
            self.fields[slot.value] = AttachmentField(
                documents.ACCEPT, self._take(slot), slot.label, label=_("Choose a document"), help_text=hint
            )
            said = _("As people will read it. For example: “Report of the year 2025”.") if not number else ""
            self.fields[f"{slot}_title"] = short(_("Its title"), said)
        # Files before the words that go with them: the words are judged by whether the file is there.
        self.order_fields([name for _legend, names in self.groups for name in names])
        if self.proposal:
            there = attachments.files_of(self.proposal, ROUTE, self.token)
            self.initial = {**self.initial, **there}
            self.sizes = {slot: row.size for slot, row in there.items() if f"{slot}-clear" not in self.data}

    def _take(self, slot):
        return partial(self._taken, slot)

    def _taken(self, slot, upload):
        return attachments.show_behind(attachments.take(self.proposal, slot, upload, self.sizes), ROUTE, self.token)

    def clean(self):
        """See that the picture is described or decorative, and that no words are left without their file."""
        cleaned: Any = super().clean()
        self._describe_cover(cleaned)
        for slot in DOCUMENTS:
            if cleaned.get(slot) is False:
                cleaned[f"{slot}_title"] = ""
            elif cleaned.get(f"{slot}_title") and not cleaned.get(slot) and slot not in self.errors:
                self.add_error(slot, _("Choose the document that has this title, or empty its title."))
        return cleaned

    def _describe_cover(self, cleaned):
        cover, alt, decorative = cleaned.get(Slot.COVER), cleaned.get("cover_alt"), cleaned.get("cover_decorative")
        if cover is False:
            cleaned |= {"cover_alt": "", "cover_credit": "", "cover_decorative": False}
        elif Slot.COVER in self.errors:
            return
        elif not cover and (alt or cleaned.get("cover_credit")):
            self.add_error(Slot.COVER, _("These words go with a picture: choose it, or empty them."))
        elif cover and not alt and not decorative and "cover_alt" not in self.errors:
            self.add_error("cover_alt", _("Say in one sentence what the picture shows, or tick that it is decorative."))
        elif cover and alt and decorative:
            self.add_error("cover_decorative", _("A picture that is described is not decorative: choose."))

    @classmethod
    def lacks(cls, given):
        """Whether there is a picture of which nothing is said."""
        return bool(given.get(Slot.COVER)) and not (given.get("cover_alt") or given.get("cover_decorative"))
