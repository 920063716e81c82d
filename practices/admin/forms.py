"""What the form of a practice does beyond its fields: set its French, ask for what others need to read it."""

from django import forms
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from content.admin.translations import show_what_is_translated
from content.admin.widgets import AdvisedTextarea, AdvisedTextInput
from content.collation import sort_key
from content.languages import column, content_languages, other_languages
from content.media import documents, images
from content.media.documents import language_name
from content.typography import typeset, typeset_html
from practices.admin.uploads import document_field, is_new, picture_field
from practices.editorial.revisions import changed_since, edition_of, snapshot
from practices.editorial.workflow import TRANSITIONS, missing
from practices.models import Document, KeyFigure, Link, Practice, Status

FRENCH = "fr"
ADVISED_TITLE, ADVISED_TEASER = 80, 300
"""Characters beyond which a title wraps on a card, and a teaser is no longer read whole."""


COVER_WORDS = ("cover_alt", "cover_credit")


def advice(length):
    """The attributes by which `advice.js` counts the characters of a field."""
    return {
        "data-advised": length,
        "data-leftone": _("{n} character left (advice)"),
        "data-leftmany": _("{n} characters left (advice)"),
        "data-overone": _("{n} character more than advised"),
        "data-overmany": _("{n} characters more than advised"),
    }


class TypesetForm(forms.ModelForm):
    """A form whose French is set as a printer would; `typeset_fields` then tells which fields it changed.

    Of the texts that exist in every language, those of French only: the rules are not those of another language.
    """

    plain: tuple[str, ...] = ()
    rich: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        show_what_is_translated(self)

    def clean(self):
        """Set the words that were typed."""
        super().clean()
        cleaned = self.cleaned_data
        self.typeset_fields = []
        for names, rule in ((self.plain, typeset), (self.rich, typeset_html)):
            for name in names:
                name = column(name, FRENCH) if column(name, FRENCH) in self.fields else name
                typed = cleaned.get(name)
                if typed and (done := rule(typed)) != typed:
                    cleaned[name] = done
                    self.typeset_fields.append(str(capfirst(self.fields[name].label)))
        return cleaned


class OrganisationForm(TypesetForm):
    """Who carries practices."""

    plain = ("name",)


class KeyFigureForm(TypesetForm):
    """A key figure."""

    plain = ("value", "label")

    class Meta:
        model = KeyFigure
        exclude = ("practice",)  # noqa: DJ006  the inline names the fields, one a language


class LinkForm(TypesetForm):
    """A link or a source."""

    plain = ("title",)

    class Meta:
        model = Link
        exclude = ("practice",)  # noqa: DJ006  the inline names the fields, one a language


class DocumentForm(TypesetForm):
    """A document to take away."""

    plain = ("title",)

    file = document_field(label=_("File"), help_text=lazy(documents.accepted, str)())

    class Meta:
        model = Document
        exclude = ("practice",)  # noqa: DJ006  the inline names the fields, one a language

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        codes = {*documents.LANGUAGES, self.instance.language} - {""}
        named = sorted((sort_key(name), code, name) for code, name in ((one, language_name(one)) for one in codes))
        choices = [("", _("not told")), *((code, name) for _key, code, name in named)]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), required=False, initial="fr", choices=choices)

    def clean(self):
        """Weigh a new file."""
        cleaned = super().clean()
        if is_new(cleaned.get("file")):
            self.instance.size = default_storage.size(cleaned["file"])
        return cleaned


class DocumentFormSet(forms.BaseInlineFormSet):
    """The documents of a practice."""

    default_error_messages = {
        **forms.BaseInlineFormSet.default_error_messages,
        "too_many_forms": ngettext_lazy(
            "A practice has %(num)d document at most.", "A practice has %(num)d documents at most.", "num"
        ),
    }


class PracticeForm(TypesetForm):
    """A practice, with the note that goes with a decision on it."""

    plain = ("title", "teaser", "place", "years_note", "cover_alt", "cover_credit", "credit")
    rich = Practice.SECTIONS

    cover = picture_field(label=_("Picture"), required=False, help_text=lazy(images.accepted, str)())
    cover_decorative = forms.BooleanField(
        label=_("Decorative picture"),
        required=False,
        help_text=_("It tells nothing that the text does not: nothing is read aloud in its place."),
    )
    edition = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("Note on the decision"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("Sent with the decision to the person concerned, and kept with the practice."),
    )

    class Meta:
        model = Practice
        exclude = ("status",)  # noqa: DJ006  the admin names the fields, and a status is changed by `workflow` alone
        widgets = {
            "title": AdvisedTextInput(attrs=advice(ADVISED_TITLE)),
            "teaser": AdvisedTextarea(attrs=advice(ADVISED_TEASER)),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.overtaken = []
        self.found = snapshot(self.instance) if self.instance.pk else None
        if self.found and not self.is_bound:
            self.initial["edition"] = edition_of(self.found)
        self.initial["cover_decorative"] = bool(self.instance.cover and not self.instance.cover_alt)

    def notice_others(self):
        """Refuse to overwrite what somebody saved meanwhile: say what they changed, and let the person choose."""
        now = edition_of(self.found)
        started_from = self.data.get("edition", "")
        if started_from == now:
            return
        self.overtaken = changed_since(self.instance.pk, started_from, self.found)
        self.add_error(
            None,
            _(
                "Somebody saved this practice while you were writing. Nothing of yours has been saved yet: read below "
                "what they changed. Saving now puts what you typed in its place."
            ),
        )
        # The next attempt starts from what this person has now been shown.
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["edition"] = now
        self.data = data

    @property
    def decision(self):
        """The name of the transition whose button was pressed, or ""."""
        return next((name for name in TRANSITIONS if f"_{name}" in self.data), "")

    def clean(self):
        """Ask for what a practice lacks, when others are about to read it or read it already."""
        cleaned = super().clean()
        if "cover" in cleaned:
            self.describe_cover(cleaned)
        if self.found:
            self.notice_others()
        shown = self.instance.status in (Status.IN_REVIEW, Status.PUBLISHED) and not self.decision
        if self.decision in ("submit", "publish") or shown:
            texts, terms = {"title": column("title"), "teaser": column("teaser")}, ("themes", "sectors")
            field_of = texts | {name: name for name in terms}
            given = {name: cleaned.get(field) for name, field in field_of.items()}
            for field, sentence in ((field_of[name], sentence) for name, sentence in missing(**given).items()):
                if field in self.fields and field not in self.errors:
                    self.add_error(field, sentence)
        return cleaned

    def describe_cover(self, cleaned):
        """See that a picture is described or decorative, and that nothing describes a picture that is not there."""
        if is_new(cleaned["cover"]) and self.instance.cover:
            self.forget_former_cover(cleaned)
        alts, credits = ([column(name, code) for code in content_languages()] for name in COVER_WORDS)
        alt, decorative = cleaned.get(alts[0]), cleaned.get("cover_decorative")
        described = any(cleaned.get(name) for name in alts)
        if cleaned["cover"] is False:
            cleaned |= dict.fromkeys((*alts, *credits), "")
        elif not cleaned["cover"] and any(cleaned.get(name) for name in (*alts, *credits)):
            self.add_error("cover", _("These words go with a picture: choose it, or empty them."))
        elif cleaned["cover"] and not alt and not decorative:
            self.add_error(alts[0], _("Say in one sentence what the picture shows, or tick that it is decorative."))
        elif cleaned["cover"] and described and decorative:
            self.add_error("cover_decorative", _("A picture that is described is not decorative: choose."))

    def forget_former_cover(self, cleaned):
        """Empty the translations that spoke of the picture that another replaces, unless they were written again."""
        for name in COVER_WORDS:
            if column(name) in self.changed_data:
                words = {column(name, code) for code in other_languages()} - set(self.changed_data)
                cleaned |= dict.fromkeys(words & cleaned.keys(), "")
