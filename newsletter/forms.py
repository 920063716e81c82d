"""What a person can type: to sign up, to change her choices; what follows is in `readers.subscriptions`."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mail.addresses import AddressField
from mail.honeypot import FILLED_IN, HoneypotForm, new_age
from newsletter.models import SavedSearch
from newsletter.models.readers import LONGEST_SEARCH, Frequency
from newsletter.readers.saved_searches import canonical_query


class WishesForm(forms.Form):
    """What to receive, how often, in which language."""

    letters = forms.BooleanField(
        label=_("The newsletter"), required=False, help_text=_("Written by the editors, now and then.")
    )
    frequency = forms.ChoiceField(
        label=pgettext_lazy("of e-mail", "New practices"),
        choices=Frequency.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("A message only when there is something new."),
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)


class SignUpForm(HoneypotForm, WishesForm):
    """A request to be written to; `selection` is the choice of practices that came with it."""

    email = AddressField(label=_("Your e-mail address"))

    def __init__(self, *args, selection, **kwargs):
        super().__init__(*args, **kwargs)
        self.selection = selection
        self.query = canonical_query(selection)

    @classmethod
    def blank(cls, selection, email=""):
        """A form that waits to be filled in: the newsletter is proposed, or the practices of a list one comes from."""
        wanted = bool(canonical_query(selection))
        return cls(
            selection=selection,
            initial={
                "email": email,
                "letters": not wanted,
                "frequency": Frequency.WEEKLY if wanted else Frequency.NEVER,
                "language": get_language(),
                "age": new_age(),
            },
        )

    def clean_homepage_url(self):
        """Refuse what fills in a field that nobody sees."""
        if self.trapped:
            raise ValidationError(FILLED_IN)
        return ""

    def clean(self):
        """Refuse a form that was sent too fast, too late or asks for nothing."""
        cleaned = super().clean()
        if self.untimely:
            self.add_error(None, _("One more time, please: check what you chose, then press the button again."))
        if len(self.query) > LONGEST_SEARCH:
            self.add_error(None, _("That is too many topics for one request: choose fewer of them."))
        if self.query and not cleaned.get("frequency"):
            self.add_error("frequency", _("You chose topics: say how often you want their new practices."))
        elif not cleaned.get("letters") and not cleaned.get("frequency"):
            self.add_error(None, _("Choose what you want to receive: the newsletter, the new practices, or both."))
        return cleaned


class PreferencesForm(WishesForm):
    """A reader's choices, and the saved searches to keep."""

    searches = forms.ModelMultipleChoiceField(
        SavedSearch.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, reader, **kwargs):
        super().__init__(*args, **kwargs)
        searches: Any = self.fields["searches"]
        searches.queryset = reader.searches.all()
