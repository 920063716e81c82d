"""Letters in the back office: write one, see it as readers will, send it to oneself, schedule it, stop it."""

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from modeltranslation.admin import TranslationAdmin

from content.admin.translations import in_every_language
from mail.setting_aside import what
from mail.transport import Fate, open_transport, sends_for_real
from newsletter import letters
from newsletter.admin.deliveries import closed_way
from newsletter.delivery.messages import shown, trial
from newsletter.models import Letter, LetterPractice, Subscriber
from newsletter.models.deliveries import DeliveryState

AS_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
"""The policy of a message shown alone: its styles are in its elements, as mail clients want them, and nothing runs."""
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ScheduleForm(forms.Form):
    """When a letter leaves."""

    send_at = forms.DateTimeField(label=_("To send on"), widget=MOMENT)

    def clean_send_at(self):
        """Refuse a moment that is past."""
        moment = self.cleaned_data["send_at"]
        if moment < timezone.now():
            raise forms.ValidationError(_("This moment is past; “Send now” sends at once."))
        return moment


class LetterPracticeInline(admin.TabularInline):
    """The practices it tells, in the order of their positions."""

    model = LetterPractice
    extra = 1
    autocomplete_fields = ("practice",)
    fields = ("position", "practice")

    def has_add_permission(self, request, obj=None):
        """All readers get the same letter: once it has begun to leave, its practices do not change either."""
        return super().has_add_permission(request, obj) and (obj is None or obj.editable)

    def has_change_permission(self, request, obj=None):
        """The same for those it tells."""
        return super().has_change_permission(request, obj) and (obj is None or obj.editable)

    def has_delete_permission(self, request, obj=None):
        """The same for those it tells."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.editable)


@admin.register(Letter)
class LetterAdmin(TranslationAdmin):
    """One letter; once it has begun to leave, its words do not change any more."""

    list_display = ("title", "state", "send_at", "started_at", "progress")
    list_filter = ("state",)
    search_fields = in_every_language("title")
    inlines = (LetterPracticeInline,)
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MOMENT}}
    fieldsets = (
        (None, {"fields": ("title", "introduction", "closing")}),
        (pgettext_lazy("of letters", "Archive"), {"fields": ("slug", "archived")}),
    )

    def get_queryset(self, request):
        """Letters with what has become of their deliveries."""
        settled = Q(deliveries__state__in=(DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN))
        counts = {"all_count": Count("deliveries"), "settled_count": Count("deliveries", filter=settled)}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=pgettext_lazy("of messages", "settled"))
    def progress(self, letter):
        """How many messages are settled, of how many."""
        return f"{letter.settled_count} / {letter.all_count}" if letter.all_count else "–"

    def get_readonly_fields(self, request, obj=None):
        """Keep the words of a letter that somebody may have received."""
        if obj is None or obj.editable:
            return ()
        words = [
            f"{name}_{code}" for name in ("title", "introduction", "closing") for code, _name in settings.LANGUAGES
        ]
        return (*words, "slug")

    def has_delete_permission(self, request, obj=None):
        """Only a letter that nobody has received may go."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.editable)

    def save_model(self, request, obj, form, change):
        """Write what the editor changed and nothing else: the letter may have begun to leave in the meantime."""
        if change:
            names = {field.name for field in Letter._meta.concrete_fields}
            obj.save(update_fields=[*(name for name in form.changed_data if name in names), "updated_at"])
        else:
            obj.save(force_insert=True)

    def view_on_site(self, letter):
        """The page in the archive, where there is one."""
        return letter.get_absolute_url() if letter.started_at and letter.archived else None

    def get_urls(self):
        """The pages around a letter."""
        around = [
            path("<int:pk>/apercu/", self.admin_site.admin_view(self.preview), name="newsletter_letter_preview"),
            path(
                "<int:pk>/apercu/<str:language>/",
                self.admin_site.admin_view(self.preview_html),
                name="newsletter_letter_html",
            ),
        ]
        return around + super().get_urls()

    def _letter(self, request, pk):
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        return letter

    def preview(self, request, pk):
        """The letter in each language, and what can be done with it."""
        letter = self._letter(request, pk)
        form = ScheduleForm(request.POST if request.POST.get("action") == "schedule" else None)
        if request.method == "POST" and self._act(request, letter, form):
            return redirect("admin:newsletter_letter_preview", pk)
        previews = [
            (
                code,
                name,
                shown(letter, code),
                reverse("admin:newsletter_letter_html", args=[pk, code]),
            )
            for code, name in settings.LANGUAGES
        ]
        readers = Subscriber.objects.active().filter(letters=True)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview and send"),
            "opts": self.opts,
            "letter": letter,
            "previews": previews,
            "form": form,
            "readers": readers.count(),
            "states": [
                (DeliveryState(row["state"]).label, row["count"])
                for row in letter.deliveries.order_by("state").values("state").annotate(count=Count("pk"))
            ],
            "on_trial": not sends_for_real(),
            "trouble": closed_way(),
        }
        answer = csp_update({"frame-src": [SELF]})(
            lambda request: render(request, "admin/newsletter/letter/preview.html", context)
        )
        return answer(request)

    def _act(self, request, letter, form):
        """Do what the button says; return whether the page is to be shown afresh."""
        action = request.POST.get("action")
        if action == "trial":
            self._send_trial(request, letter)
            return True
        if action == "schedule" and not form.is_valid():
            return False
        done = {
            "schedule": lambda: letters.schedule(letter, form.cleaned_data["send_at"]),
            "send": lambda: letters.schedule(letter, timezone.now()),
            "approve": lambda: letters.approve(letter),
            "stop": lambda: letters.stop(letter),
        }.get(action, lambda: False)()
        if done:
            self.log_change(request, letter, [{"changed": {"fields": [str(letter.get_state_display())]}}])
            messages.success(request, _("The letter is now: %(state)s.") % {"state": letter.get_state_display()})
        else:
            messages.error(request, _("Nothing was changed: the letter has moved on in the meantime."))
        return True

    def _send_trial(self, request, letter):
        """Send the letter to the editor, in each language."""
        if not request.user.email:
            messages.error(request, _("Your account has no e-mail address: add one first."))
            return
        transport = open_transport()
        try:
            results = [transport.send(trial(letter, code, request.user.email)) for code, _name in settings.LANGUAGES]
        except Exception as error:
            # Whatever the letter holds, its editor is told, and goes on.
            sentence = _("This letter cannot be written as a message: %(why)s")
            messages.error(request, sentence % {"why": what(error)})
            return
        finally:
            transport.close()
        refused = next((result for result in results if result.fate is not Fate.SENT), None)
        if refused:
            messages.error(request, _("The mail server did not take it: %(answer)s") % {"answer": refused.answer})
        else:
            messages.success(request, _("Sent to %(address)s.") % {"address": request.user.email})

    def preview_html(self, request, pk, language):
        """The letter's HTML in one language, as a mail program shows it."""
        letter = self._letter(request, pk)
        if language not in dict(settings.LANGUAGES):
            raise Http404
        answer = xframe_options_sameorigin(lambda request: HttpResponse(shown(letter, language).html))
        response = answer(request)
        response.headers["Content-Security-Policy"] = AS_MAIL
        return response
