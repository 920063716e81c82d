"""What a person fills in to import a file: the file, which column is which, what unknown words mean."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz, process

from content.media.uploads import UnkeptFile, no_room
from practices.importing.columns import columns, words_of
from practices.importing.countries import spoken
from practices.importing.reading.files import ENCODINGS, MOST_BYTES
from practices.importing.words import CREATE

ASKED = 60
"""Words asked about at once."""
NEAR = 85
"""How near, in percent, a term is proposed for a word."""
SAMPLES = 3
"""Values shown under a heading."""


class FileForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label=gettext_lazy("File (CSV or XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding of a CSV file"),
        required=False,
        choices=[(codec, name or gettext_lazy("found by itself")) for codec, name in ENCODINGS.items()],
        help_text=gettext_lazy("Only if accents come out wrong; an XLSX file needs none."),
    )

    def clean_file(self):
        """Refuse what is too large, or could not be kept, before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)d MB: cut it in several.") % {"size": MOST_BYTES >> 20}
            )
        if isinstance(file, UnkeptFile):
            raise forms.ValidationError(no_room())
        return file


class ColumnsForm(forms.Form):
    """Which column each heading of a file holds."""

    def __init__(self, data, job):
        super().__init__(data)
        choices = [("", _("— left out —")), *((name, column.heading) for name, column in columns().items())]
        held = {place: name for name, place in job.mapping.items()}
        first = job.chunks.first()
        self.samples: dict[str, list[str]] = {}
        for place, heading in enumerate(job.headings):
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=heading or _("(no heading)"), required=False, choices=choices, initial=held.get(place, "")
            )
            values = dict.fromkeys(texts[place].strip() for _row, texts in first.rows if texts[place].strip())
            self.samples[f"c{place}"] = list(values)[:SAMPLES]

    def lines(self):
        """The fields, each with some of the values under its heading."""
        return [(field, self.samples[field.name]) for field in self]

    def clean(self):
        """Refuse a column that two headings hold."""
        cleaned = super().clean() or {}
        self.mapping: dict[str, int] = {}
        for field, name in list(cleaned.items()):
            if name in self.mapping:
                self.add_error(field, _("Another column of the file already holds this."))
            elif name:
                self.mapping[name] = int(field[1:])
        if not self.errors and not {"slug", "title_fr", "title"} & set(self.mapping):
            self.add_error(None, _("Say which column holds the title or the address of the practices."))
        return cleaned


class WordsForm(forms.Form):
    """What unknown words mean: an existing term, a new one where the person may make it, or nothing yet."""

    def __init__(self, data, job, user):
        super().__init__(data)
        every, known = columns(), words_of()
        asked = [(name, word, row) for name, words in job.survey["unknown"].items() for word, row in words.items()]
        self.left = max(len(asked) - ASKED, 0)
        self.asked = {}
        for place, (name, word, row) in enumerate(asked[:ASKED]):
            vocabulary = known[name]
            terms = sorted(((vocabulary.written[pk], called) for pk, called in vocabulary.names.items()), key=_second)
            near = process.extractOne(spoken(word), [spoken(called) for _slug, called in terms], scorer=fuzz.ratio)
            may_create = user.has_perm(f"practices.add_{vocabulary.model._meta.model_name}")
            create = [(CREATE, _("Create “%(word)s”") % {"word": word})]
            self.fields[f"w{place}"] = forms.ChoiceField(
                label=_("%(column)s: “%(word)s”") % {"column": every[name].heading, "word": word},
                help_text=_("first in row %(row)d") % {"row": row},
                required=False,
                initial=terms[near[2]][0] if near and near[1] >= NEAR else "",
                choices=[
                    ("", _("— to decide —")),
                    *(create if may_create and vocabulary.can_create(word) else []),
                    (_("Existing terms"), terms),
                ],
            )
            self.asked[f"w{place}"] = (name, word)

    def decisions(self):
        """What was decided, as {column: {word: slug or "+"}}."""
        found: dict[str, dict] = {}
        for field, choice in self.cleaned_data.items():
            if choice:
                name, word = self.asked[field]
                found.setdefault(name, {})[word] = choice
        return found


def _second(pair):
    return spoken(pair[1])
