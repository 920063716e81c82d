"""The second factor: a code of a telephone or a recovery code; wrong ones are counted by django-otp."""

from django import forms
from django.db import transaction
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

    def clean_code(self):
        """Without the spaces that people and telephones put in."""
        return "".join(self.cleaned_data["code"].split()).lower()


def has_second_factor(user):
    """Whether somebody has proved a device once."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists()


def verify(request, form):
    """Try a code on the device its shape belongs to, so that a wrong one slows down that device alone."""
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


def new_recovery_codes(user):
    """Make the codes that replace a lost telephone, each good once; the former ones are worth nothing any more."""
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


def codes_left(user):
    """How many recovery codes somebody has left."""
    return StaticToken.objects.filter(device__user_id=user.pk).count()


def forget_second_factor(user):
    """Take away somebody's devices and recovery codes: a lost telephone, or a change of mind."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()
