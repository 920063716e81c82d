"""What a proposal asks, step by step: the questions, the hints beside them, what is refused and why.

A step says its `groups`, in the order of the page. What follows from an answer is in
`proposals.writing` and `proposals.conversion`; the kinds of questions are in `fields`, the step of the files in
`files`.
"""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contributions import consent_wording
from contributions.forms.fields import (
    StepForm,
    TermField,
    TermsField,
    address,
    long,
    refuse_end_before_start,
    refuse_programs,
    short,
    year,
)
from contributions.forms.files import FilesForm
from contributions.models.proposals import Credit
from mail.addresses import REFUSED, AddressField
from mail.honeypot import HoneypotForm
from practices.models import Audience, Country, Kind, Sector, Theme

FIGURES, LINKS = 2, 2
"""Key figures and links that one may give; the editors can add more."""


class EssentialsForm(StepForm):
    """What it is, in three sentences."""

    step, heading = "essentiel", _("The essentials")
    groups = ((None, ("title", "teaser", "kind")),)

    title = short(
        _("What is your practice called?"),
        _("The name by which people know it, or what it does in a few words. For example: “A repair café on wheels”."),
        asked=_("Give your practice a name."),
    )
    teaser = long(
        _("In two or three sentences, what is it?"),
        _("What you do, for whom, and what is special about it: as you would tell a colleague on the telephone."),
        asked=_("Say in two or three sentences what it is."),
        longest=600,
        rows=4,
    )
    kind = TermField(Kind, _("What sort of thing is it?"), widget=forms.RadioSelect)


class StartForm(HoneypotForm, EssentialsForm):
    """The first step of a proposal that is not there yet, with what keeps programs out."""

    def clean(self):
        """Refuse what a program sends."""
        cleaned = super().clean()
        refuse_programs(self)
        return cleaned


class PlaceForm(StepForm):
    """Who carries it, where, since when."""

    step, heading = "qui-ou-quand", _("Who, where, when")
    groups = (
        (_("Who"), ("organisation", "website", "contact")),
        (_("Where"), ("country", "other_country", "place")),
        (_("When"), ("start_year", "end_year")),
    )

    organisation = short(
        _("Which organisation carries it?"), _("If there are several, the main one."), autocomplete="organization"
    )
    website = address(_("Its website"), _("The page about this practice, if there is one. For example: example.org."))
    contact = short(
        _("A public contact"),
        _("An address or a telephone number that anybody may see. Leave it empty if you would rather not."),
    )
    country = TermField(Country, _("Country"), none=_("I do not know, or not in Europe"))
    other_country = TermField(
        Country, _("A second country"), _("Only if it takes place on both sides of a border."), none=_("None")
    )
    place = short(_("Place"), _("The town, the district, the region. For example: “Autun, Burgundy”."))
    start_year = year(_("In which year did it start?"), _("As well as you remember: 2019."))
    end_year = year(_("In which year did it end?"), _("Leave it empty if it goes on."))

    def clean(self):
        """Refuse an end before the start."""
        cleaned = super().clean()
        refuse_end_before_start(self, cleaned)
        return cleaned


class StoryForm(StepForm):
    """What happened."""

    step, heading = "recit", _("The story")
    groups = ((None, ("context", "response", "means", "results", "transfer")),)

    context = long(
        _("What was missing?"),
        _("The need, the place, the people. For example: “The nearest shop was twenty kilometres away.”"),
    )
    response = long(
        _("What did you do?"),
        _("Tell it simply, in the order in which things happened. A few sentences are enough."),
        asked=_("Tell what you did, even in a few words."),
        rows=7,
    )
    means = long(
        _("With whom, and with what?"),
        _("Employees and volunteers, money, premises, partners. Rough figures are welcome."),
    )
    results = long(
        _("What has changed?"),
        _("What you can count, and what people say. What did not work is worth telling too."),
    )
    transfer = long(
        _("What would you tell others who want to do the same?"),
        _("What one needs to begin, what to avoid, what you would do differently."),
    )


class SubjectsForm(StepForm):
    """By which words one finds it."""

    step, heading = "sujets", _("Subjects")
    groups = ((None, ("themes", "sectors", "audiences")),)

    themes = TermsField(Theme, _("Which questions does it answer?"), _("Tick what fits. The editors will complete it."))
    sectors = TermsField(Sector, _("In which sector?"))
    audiences = TermsField(Audience, _("For whom?"))


class SourcesForm(StepForm):
    """What shows it, and where to read more."""

    step, heading = "chiffres-et-sources", _("Figures and sources")
    groups = (
        *(
            (format_lazy(_("Figure {number}"), number=number), (f"figure_{number}_value", f"figure_{number}_label"))
            for number in range(1, FIGURES + 1)
        ),
        *(
            (format_lazy(_("Page {number}"), number=number), (f"link_{number}_url", f"link_{number}_title"))
            for number in range(1, LINKS + 1)
        ),
    )

    def add_fields(self):
        """Ask for some figures and some links."""
        for number in range(1, FIGURES + 1):
            first = number == 1
            self.fields[f"figure_{number}_value"] = short(
                _("A figure"), _("For example: 45, or €12,000.") if first else "", longest=40
            )
            self.fields[f"figure_{number}_label"] = short(
                _("What it counts"), _("For example: repairs a month.") if first else "", longest=120
            )
        for number in range(1, LINKS + 1):
            first = number == 1
            self.fields[f"link_{number}_url"] = address(
                _("Address of a page"), _("An article, a report, a film: what shows it or tells more.") if first else ""
            )
            self.fields[f"link_{number}_title"] = short(_("What one finds there"))

    def clean(self):
        """Ask for what a figure counts, for the figure that words are about, and for the address of a page."""
        cleaned = super().clean()
        wanted = [
            *(
                (f"figure_{n}_value", f"figure_{n}_label", _("Say what this figure counts."))
                for n in range(1, FIGURES + 1)
            ),
            *((f"figure_{n}_label", f"figure_{n}_value", _("Give the figure.")) for n in range(1, FIGURES + 1)),
            *((f"link_{n}_title", f"link_{n}_url", _("Give the address of this page.")) for n in range(1, LINKS + 1)),
        ]
        for given, lacking, sentence in wanted:
            if cleaned.get(given) and not cleaned.get(lacking) and lacking not in self.errors:
                self.add_error(lacking, sentence)
        return cleaned


class PersonForm(StepForm):
    """Who proposes it, how to be named, and what one agrees to; kept in columns, not among the answers."""

    step, heading = "vous", _("You")
    groups = (
        (None, ("name", "email", "role")),
        (_("How shall we name you on the page?"), ("credit",)),
        (_("Your agreement"), ("licence", "consent")),
    )

    name = short(_("Your name"), asked=_("Enter your name."), longest=120, autocomplete="name")
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("To send you one link: by it you confirm, follow your proposal and answer our questions."),
        error_messages={"required": REFUSED},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
    )
    role = short(_("Your part in this practice"), _("For example: coordinator, volunteer, partner, neighbour."))
    credit = forms.ChoiceField(
        label=_("The page says"),
        choices=Credit.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how to be named.")},
    )
    licence = forms.BooleanField(error_messages={"required": _("Without this agreement we cannot publish the text.")})
    consent = forms.BooleanField(
        error_messages={"required": _("Without this agreement we cannot write to you, nor keep your proposal.")}
    )

    def add_fields(self):
        """Print the words that a person agrees to, in the language of the page."""
        self.fields["licence"].label = consent_wording.licence(get_language())
        self.fields["consent"].label = consent_wording.consent(get_language())


STEPS: dict[str, type[StepForm]] = {
    form.step: form for form in (EssentialsForm, PlaceForm, StoryForm, SubjectsForm, SourcesForm, FilesForm, PersonForm)
}
"""The form of each step, in order, by its word in addresses."""
