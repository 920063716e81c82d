"""What is done to several practices at once in their list."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from practices.editorial import workflow
from practices.importing.exporting import respond


class PracticeActions(admin.ModelAdmin):
    """The actions of the list; those that refuse a step say why, and keep none of the others from it."""

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request, queryset):
        """Publish the chosen practices, now or on the date that they have."""
        self._decide(request, queryset, workflow.publish)

    @admin.action(description=_("Still accurate"), permissions=["review"])
    def confirm(self, request, queryset):
        """Say that the chosen practices were read again and still hold."""
        self._decide(request, queryset, workflow.confirm)

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    def back_to_draft(self, request, queryset):
        """Hide the chosen practices from the public and work on them again."""
        self._decide(request, queryset, workflow.back_to_draft)

    @admin.action(description=_("Archive"), permissions=["archive"])
    def archive(self, request, queryset):
        """Take the chosen practices out of the catalogue."""
        self._decide(request, queryset, workflow.archive)

    @admin.action(description=_("Export (XLSX)"), permissions=["view"])
    def export(self, request, queryset):
        """The chosen practices in a file that can be imported again."""
        return respond(queryset.values_list("pk", flat=True), "xlsx")

    def _decide(self, request, queryset, step):
        """Take a step for each practice; those that refuse it say why and keep none of the others from it."""
        done = 0
        for practice in queryset:
            try:
                step(practice, request.user)
            except ValidationError as refusal:
                for sentence in refusal.messages:
                    self.message_user(request, sentence, messages.ERROR)
            else:
                done += 1
        sentence = ngettext("%(count)s practice was changed.", "%(count)s practices were changed.", done)
        self.message_user(request, sentence % {"count": done}, messages.SUCCESS if done else messages.WARNING)
