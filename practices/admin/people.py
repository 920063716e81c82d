"""Accounts in the back office: who has which role, and help for whoever has lost a telephone."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.second_factor import forget_second_factor
from accounts.sessions import end_sessions

for model in (User, Group, TOTPDevice, StaticDevice):
    # Roles are declared in the code, and a device shows its secret: neither is edited by hand.
    admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """An account: a name, an address for mail, roles."""

    list_display = ("username", "email", "role_names", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    filter_horizontal = ()
    autocomplete_fields = ()
    actions = ("reset_second_factor", "sign_out")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Roles"), {"fields": ("is_active", "groups")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "groups", "password1", "password2")}),
    )

    def get_queryset(self, request):
        """People with their roles."""
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(self, request, person, form, change):
        """Let every new account into the back office: there is nothing else to sign in to."""
        if not change:
            person.is_staff = True
        # Somebody else may have deleted the account meanwhile: it does not come back.
        person.save(force_insert=not change, force_update=change)

    def has_change_permission(self, request, obj=None):
        """Keep the accounts above all roles to themselves."""
        return super().has_change_permission(request, obj) and self._reaches(request, obj)

    def has_delete_permission(self, request, obj=None):
        """The same, and nobody deletes the account they are using."""
        return super().has_delete_permission(request, obj) and self._reaches(request, obj) and obj != request.user

    def has_reset_permission(self, request):
        """Whether one may help somebody who has lost a telephone."""
        return self.has_change_permission(request)

    def _reaches(self, request, person):
        return person is None or request.user.is_superuser or not person.is_superuser

    @admin.display(description=_("roles"))
    def role_names(self, person):
        """The names of the roles."""
        return ", ".join(group.name for group in person.groups.all())

    @admin.action(description=_("Forget the second factor (lost telephone)"), permissions=["reset"])
    def reset_second_factor(self, request, queryset):
        """Let the chosen people sign in by password, and make a new device."""
        people = [person for person in queryset if self.has_change_permission(request, person)]
        for person in people:
            forget_second_factor(person)
        sentence = ngettext("%(count)s account was changed.", "%(count)s accounts were changed.", len(people))
        self.message_user(request, sentence % {"count": len(people)}, messages.SUCCESS)

    @admin.action(description=_("Sign out everywhere"), permissions=["reset"])
    def sign_out(self, request, queryset):
        """End every session of the chosen people."""
        people = [person for person in queryset if self.has_change_permission(request, person)]
        for person in people:
            end_sessions(person)
        sentence = ngettext("%(count)s account was signed out.", "%(count)s accounts were signed out.", len(people))
        self.message_user(request, sentence % {"count": len(people)}, messages.SUCCESS)
