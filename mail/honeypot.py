"""What keeps programs off a form by which anybody has the site write to somebody: a trap, and the age of the form.

A program fills in the field that nobody sees, or sends a form sooner than a person reads it, or one that it kept. What
is told then is for each form to say. How much a network may send is for each application's `limits`.
"""

import time
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mail.signed_links import Word

QUICKEST = timedelta(seconds=2)
"""No person reads a form and presses its button sooner than this."""
SHOWN = Word("newsletter.form", lifetime=lambda: timedelta(days=1))
"""The moment at which a form was shown: no link. Its purpose keeps the name it had when one form asked for it."""
FILLED_IN = _("Leave this field empty, then send the form again.")


def new_age() -> str:
    """Return the signed moment at which a form is shown, now."""
    return SHOWN.sign(f"{time.time():.1f}")


class HoneypotForm(forms.Form):
    """A form with the two hidden fields; its template prints them, and `age_to_send` as the value of the second."""

    # A name that no browser fills in by itself, and that a program finds worth filling in.
    homepage_url = forms.CharField(required=False)
    age = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def trapped(self) -> bool:
        """Whether the field that nobody sees is filled in."""
        return bool(self.data.get("homepage_url"))

    @property
    def untimely(self) -> bool:
        """Whether it was sent sooner than anybody reads, more than a day after it was shown, or never shown at all."""
        shown_at = SHOWN.read(self.data.get("age", ""))
        return shown_at is None or time.time() - float(shown_at) < QUICKEST.total_seconds()

    @property
    def age_to_send(self) -> Any:
        """The signed moment to send with the form: the one it came with while that one is good, else a new one."""
        sent = self.data.get("age", "")
        return sent if self.is_bound and SHOWN.read(sent) else new_age()
