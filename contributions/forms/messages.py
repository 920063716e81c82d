"""What is asked outside of the steps: a report, what a page should say, an answer to the editors, an address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.forms.fields import StepForm, address, long, refuse_end_before_start, refuse_programs, short, year
from mail.addresses import REFUSED, AddressField
from mail.honeypot import HoneypotForm


class AddressForm(StepForm):
    """Where to send the link to a draft."""

    groups = ((None, ("email",)),)

    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("One message goes there, with the link. Nothing else is done with the address."),
        error_messages={"required": REFUSED},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
    )


class ReportForm(HoneypotForm, StepForm):
    """What a reader finds wrong on a page."""

    groups = ((None, ("text", "email")),)

    text = long(
        _("What is wrong?"),
        _("A figure, a name, a link that no longer works… and what is right, if you know it."),
        asked=_("Say what is wrong."),
        longest=4000,
    )
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("Only if you would like an answer. It serves for nothing else and is erased afterwards."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
    )

    def clean(self):
        """Refuse what a program sends."""
        cleaned = super().clean()
        refuse_programs(self)
        return cleaned


class UpdateForm(StepForm):
    """What a page says, for the organisation to correct; each box brings back what it held, to tell what changed."""

    groups = (
        (
            None,
            (
                *("title", "teaser", "place", "website", "contact", "start_year", "end_year"),
                *("context", "response", "means", "results", "transfer"),
                "remark",
            ),
        ),
    )

    title = short(_("Name of the practice"), asked=_("Give your practice a name."))
    teaser = long(
        _("In two or three sentences"), asked=_("Say in two or three sentences what it is."), longest=600, rows=4
    )
    place = short(_("Place"))
    website = address(_("Website"))
    contact = short(_("A public contact"), _("An address or a telephone number that anybody may see."))
    start_year = year(_("In which year did it start?"))
    end_year = year(_("In which year did it end?"), _("Leave it empty if it goes on."))
    context = long(_("Context"), longest=20_000)
    response = long(_("What was done"), longest=20_000)
    means = long(_("Means"), longest=20_000)
    results = long(_("Results"), longest=20_000)
    transfer = long(_("What can be transferred"), longest=20_000)
    remark = long(_("Something to tell the editors"), longest=2000, rows=3)

    def add_fields(self):
        """Have each box but the last bring back what it held."""
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "remark"

    def clean(self):
        """Refuse an end before the start."""
        cleaned = super().clean()
        refuse_end_before_start(self, cleaned)
        return cleaned

    def changed_answers(self, before):
        """What was changed, now or before, as {field: value}."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name != "remark"}
        return {**before, **changed}


class RemarkForm(StepForm):
    """What the author of a proposal answers."""

    groups = ((None, ("text",)),)

    text = long(_("Your answer"), asked=_("Write your answer."), longest=4000, rows=6)


class AdditionForm(StepForm):
    """What the author of a proposal says of themselves, nothing having been asked."""

    groups = ((None, ("text",)),)

    text = long(_("What you would like to add"), asked=_("Write what you would like to add."), longest=4000, rows=6)
