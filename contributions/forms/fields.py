"""What a question is: the kinds of answers there are, and what a form of ours does for whoever fills it in.

Which questions are asked is in `steps`, `files` and `messages`.
"""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mail.honeypot import FILLED_IN
from practices.models.practices import FIRST_YEAR, LAST_YEAR

LONGEST_SECTION = 6000
NONE, UNKNOWN = "", _("I do not know")


def short(label, help_text="", *, asked="", longest=200, **attrs):
    """A question that is answered in a few words; `asked` says what is missing where it may not stay empty."""
    return _words(label, help_text, asked, longest, forms.TextInput(attrs=attrs))


def long(label, help_text="", *, asked="", longest=LONGEST_SECTION, rows=5):
    """A question that is answered in a few sentences."""
    return _words(label, help_text, asked, longest, forms.Textarea(attrs={"rows": rows}))


def _words(label, help_text, asked, longest, box):
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(asked),
        max_length=longest,
        widget=box,
        error_messages={"required": asked} if asked else {},
    )


def year(label, help_text=""):
    """A year, typed with the digits of a telephone."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "field__box--year"}),
        error_messages={"invalid": _("Enter a year in four digits, such as 2019.")},
    )


class WebAddressField(forms.URLField):
    """The address of a web page, and of nothing else that has an address; a wrong one is told once."""

    default_validators = [URLValidator(schemes=["http", "https"])]


def address(label, help_text=""):
    """The address of a web page; "https" is understood where it is missing."""
    return WebAddressField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("Enter the address of a page, such as example.org/projet.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )


class TermsField(forms.MultipleChoiceField):
    """Terms of a vocabulary to tick."""

    def __init__(self, vocabulary, label, help_text=""):
        super().__init__(label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple)
        self.vocabulary = vocabulary

    def read_terms(self):
        """Offer the terms there are, in the language of the page."""
        self.choices = [(term.slug, term.name) for term in self.vocabulary.objects.in_display_order()]


class TermField(forms.ChoiceField):
    """One term of a vocabulary, or none, which `none` says in words."""

    def __init__(self, vocabulary, label, help_text="", widget=forms.Select, none=UNKNOWN):
        super().__init__(label=label, help_text=help_text, required=False, widget=widget)
        self.vocabulary, self.none = vocabulary, none

    def read_terms(self):
        """Offer the terms there are, in the language of the page."""
        terms = [(term.slug, term.name) for term in self.vocabulary.objects.in_display_order()]
        self.choices = [(NONE, self.none), *terms]


class StepForm(forms.Form):
    """One step of a proposal: its word in addresses, its heading, and its questions in groups (legend, names)."""

    step = ""
    heading: str | Promise = ""
    lead: str | Promise = ""
    stays = False
    """Whether one may send the step and stay on it."""
    groups: tuple = ()

    use_required_attribute = False

    def __init__(self, *args, proposal=None, token="", **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.proposal, self.token = proposal, token
        self.add_fields()
        for field in self.fields.values():
            if isinstance(field, TermField | TermsField):
                field.read_terms()
        # Only now: to dress a box is to know whether its answer is refused, and so to read all of them.
        for name, field in self.fields.items():
            self._dress(name, field)

    def add_fields(self):
        """Add the questions that are asked several times."""

    def _dress(self, name, field):
        """Tie a box to its hint and to what is wrong with it; say when one may leave it empty."""
        field.optional = "" if field.required else getattr(field, "optional", _("(optional)"))
        attrs = field.widget.attrs
        # A browser would cut what is pasted without a word; a refusal says by how much it is too long.
        attrs.pop("maxlength", None)
        if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
            attrs["class"] = f"field__box {attrs.get('class', '')}".strip()
        described = [f"id_{name}_hint"] if field.help_text else []
        if self.is_bound and name in self.errors:
            described.append(f"id_{name}_errors")
            attrs["aria-invalid"] = "true"
        if described:
            attrs["aria-describedby"] = " ".join(described)

    @property
    def shown_groups(self):
        """The groups of the page, as (legend, bound fields)."""
        return [(legend, [self[name] for name in names]) for legend, names in self.groups]

    @property
    def problems(self):
        """What is wrong, as (id of the box or "", sentence), in the order of the page."""
        told = [("", sentence) for sentence in self.non_field_errors()]
        for _legend, names in self.groups:
            for name in names:
                many = isinstance(self.fields[name].widget, forms.RadioSelect)
                told += [(f"id_{name}_0" if many else f"id_{name}", sentence) for sentence in self[name].errors]
        return told

    @property
    def answers(self):
        """What was answered well enough to be kept, even where the step as a whole is refused."""
        names = [name for _legend, names in self.groups for name in names]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    @property
    def lost(self):
        """The questions whose answer was given but cannot be kept: whoever leaves the page would lose it."""
        return [name for name in self.errors if name in self.fields and self[name].data and name not in self.answers]

    @classmethod
    def lacks(cls, given):
        """Whether what has to be answered is not among some answers."""
        return any(field.required and not given.get(name) for name, field in cls.base_fields.items())


def refuse_end_before_start(form, cleaned):
    """Say so where a practice would end before it starts."""
    start, end = cleaned.get("start_year"), cleaned.get("end_year")
    if start and end and end < start:
        form.add_error("end_year", _("This year comes before the one it started in."))


def refuse_programs(form):
    """Refuse a form whose hidden field is filled in, or that was sent sooner than anybody reads, or much later."""
    if form.trapped:
        form.add_error(None, FILLED_IN)
    if not form.errors and form.untimely:
        form.add_error(None, _("One more time, please: read again what you typed, then press the button."))
