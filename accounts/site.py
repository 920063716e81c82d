"""The door of the back office: the second factor, asked of whoever has one and required of administrators.

Wrong passwords are counted in `attempts`, codes in `second_factor`; what a person may do inside is in `roles`.
"""

from base64 import b32encode
from collections.abc import Callable
from typing import Any

import segno
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login
from django_otp.middleware import is_verified
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import attempts, devices
from accounts.roles import is_administrator
from accounts.second_factor import (
    CodeForm,
    codes_left,
    forget_second_factor,
    has_second_factor,
    new_recovery_codes,
    verify,
)
from accounts.sessions import end_sessions


class StaffRequest(HttpRequest):
    """A request of somebody who has given a password: the views behind the sign-in get no other.

    It only tells the types: no such object is ever made.
    """

    user: User


class SignInForm(AdminAuthenticationForm):
    """Django's form, and a limit it lacks: a name longer than the column of names is refused, not looked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].validators.append(MaxLengthValidator(self.username_field.max_length))


class GuardedSite(AdminSite):
    """Django's admin behind the second factor."""

    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether a person may enter: staff, and verified where a second factor is due."""
        return super().has_permission(request) and not self.owes_a_code(request.user)

    def owes_a_code(self, user: User | AnonymousUser) -> bool:
        """Return whether somebody has yet to prove who they are by a second factor."""
        return not is_verified(user) and (has_second_factor(user) or is_administrator(user))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask for the password, then for the code of whoever owes one."""
        if super().has_permission(request) and self.owes_a_code(request.user):
            return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{urlencode({'next': _next(request)})}")
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            devices.remember(response, request.user)
        return response

    # `admin_view` lets nobody else come here, and Django answers a right form with a redirect.
    def password_change(  # type: ignore[override]
        self, request: StaffRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password: the former one is counted as at the door, the browser stays known.

        The answer is a 429 where too many wrong ones were given.
        """
        given = request.POST.get("old_password", "")
        if given and not attempts.try_password(request, request.user, given):
            return HttpResponse(status=429)
        response = super().password_change(request, extra_context)
        if response.status_code == 302:
            devices.remember(response, request.user)
        return response

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return Django's addresses, and those of the second factor."""
        return [
            path("second-facteur/", self.half_open(self.second_factor), name="second_factor"),
            path("second-facteur/activer/", self.half_open(self.enrol), name="second_factor_enrol"),
            path("second-facteur/quitter/", self.half_open(require_POST(self.leave)), name="second_factor_leave"),
            path("second-facteur/reglages/", self.admin_view(self.settings_of), name="second_factor_settings"),
            *super().get_urls(),
        ]

    def half_open(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Return a view open to staff who have given their password, even if they still owe a code.

        Anybody else is sent to sign in.
        """

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not AdminSite.has_permission(self, request):
                return redirect("admin:login")
            return view(request, *args, **kwargs)

        return never_cache(csrf_protect(sensitive_post_parameters("code")(inner)))

    def second_factor(self, request: StaffRequest) -> HttpResponse:
        """Ask for the code; whoever has no device yet is led to make one."""
        if not self.owes_a_code(request.user):
            return redirect(_next(request))
        if not has_second_factor(request.user):
            return HttpResponseRedirect(f"{reverse('admin:second_factor_enrol')}?{urlencode({'next': _next(request)})}")
        form = CodeForm(request.POST or None)
        if form.is_valid() and verify(request, form):
            return redirect(_next(request))
        return self._page(request, "admin/second_factor.html", _("A code to prove that it is you"), form=form)

    def enrol(self, request: StaffRequest) -> HttpResponse:
        """Make a device of one's telephone, proved by a first code; the recovery codes are shown once."""
        user = request.user
        if has_second_factor(user):
            return redirect("admin:second_factor_settings" if is_verified(user) else "admin:second_factor")
        device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "totp"})
        form = CodeForm(request.POST or None)
        if form.is_valid():
            with transaction.atomic():
                device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
                proved = device.verify_token(form.cleaned_data["code"])
                if proved:
                    device.confirmed = True
                    device.save(force_update=True)
            if proved:
                login(request, device)
                return self._show_codes(request, _next(request))
            form.add_error("code", _("This is not the code shown at this moment: wait for the next one and try again."))
        secret = b32encode(device.bin_key).decode().rstrip("=")
        return self._page(
            request,
            "admin/second_factor_enrol.html",
            _("Sign in with a second factor"),
            form=form,
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            picture=segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2),
            required=is_administrator(user),
        )

    def settings_of(self, request: StaffRequest) -> HttpResponse:
        """Say whether one has a second factor; make new codes, give it up where that is allowed, sign out elsewhere."""
        user = request.user
        if request.method == "POST" and "everywhere" in request.POST:
            end_sessions(user, but=request.session.session_key)
            messages.success(request, _("You are signed in here alone."))
            return redirect("admin:index")
        if request.method == "POST" and has_second_factor(user):
            if "codes" in request.POST:
                return self._show_codes(request, reverse("admin:second_factor_settings"))
            if is_administrator(user):
                raise PermissionDenied
            forget_second_factor(user)
            messages.success(request, _("Your password alone now opens the back office."))
            return redirect("admin:index")
        return self._page(
            request,
            "admin/second_factor_settings.html",
            _("Second factor"),
            active=has_second_factor(user),
            required=is_administrator(user),
            codes_left=codes_left(user),
        )

    def leave(self, request: HttpRequest) -> HttpResponse:
        """Sign out without having given a code."""
        logout(request)
        return redirect("admin:login")

    def _show_codes(self, request: StaffRequest, then: str) -> TemplateResponse:
        return self._page(
            request,
            "admin/second_factor_codes.html",
            _("Your recovery codes"),
            codes=new_recovery_codes(request.user),
            then=then,
        )

    def _page(self, request: HttpRequest, template: str, title: str | Promise, **context: Any) -> TemplateResponse:
        inside = self.has_permission(request)
        return TemplateResponse(
            request,
            template,
            {
                **self.each_context(request),
                "title": title,
                "next": _next(request),
                "has_permission": inside,
                "is_nav_sidebar_enabled": False,
                **context,
            },
        )


def _next(request: HttpRequest) -> str:
    """Return the address on this site where a person wanted to go, else the first page of the back office."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")
