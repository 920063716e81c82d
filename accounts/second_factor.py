"""The second factor: a code of a telephone or a recovery code; wrong ones are counted by django-otp."""

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp import login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10


class CodeForm(forms.Form):
    """Six figures from a telephone, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Return the code in lower case, without the spaces that people and telephones put in."""
        return "".join(self.cleaned_data["code"].split()).lower()


def has_second_factor(user: User | AnonymousUser) -> bool:
    """Return whether somebody has a device that has given a right code once."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists()


def verify(request: HttpRequest, form: CodeForm) -> bool:
    """Try a code of a valid form; return whether it is right, else add to the form why not.

    Figures alone are tried on the telephone, anything else on the recovery codes, so that a wrong code slows down one
    of the two. A right one marks the session as verified.
    """
    code = form.cleaned_data["code"]
    kind = TOTPDevice if code.isdigit() else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user_id=request.user.pk, confirmed=True).first()
        allowed, _why = device.verify_is_allowed() if device else (True, None)
        proved = bool(device and allowed and device.verify_token(code))
    if proved:
        login(request, device)
    elif allowed:
        form.add_error("code", _("This code is wrong, too old, or already used."))
    else:
        form.add_error("code", _("Too many wrong codes in a row: wait a moment, then try a new one."))
    return proved


def new_recovery_codes(user: User) -> list[str]:
    """Make and return the codes that replace a lost telephone, each good once; the former ones are worth nothing."""
    with transaction.atomic():
        StaticDevice.objects.filter(user_id=user.pk).delete()
        device = StaticDevice.objects.create(user_id=user.pk, name="recovery")
        # A code of figures alone would be taken for one of the telephone.
        codes = []
        while len(codes) < RECOVERY_CODES:
            code = StaticToken.random_token()
            if not code.isdigit():
                codes.append(code)
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def codes_left(user: User) -> int:
    """Return how many recovery codes somebody has left."""
    return StaticToken.objects.filter(device__user_id=user.pk).count()


def forget_second_factor(user: User) -> None:
    """Take away somebody's devices and recovery codes: a lost telephone, or a change of mind."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()
