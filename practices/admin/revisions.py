"""The versions of a practice in the back office: what each changed, and the way back; deleted practices."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from content.templatetags.site import long_date
from practices.editorial import revisions
from practices.models import Practice, Revision


class RevisionPages(ModelAdmin):
    """What was, and how it comes back."""

    def delete_model(self, request, practice):
        """Delete a practice, keeping what brings it back."""
        revisions.record(practice.pk, request.user, "delete", again=True)
        super().delete_model(request, practice)

    def delete_queryset(self, request, queryset):
        """Delete practices, keeping what brings them back."""
        for pk in queryset.values_list("pk", flat=True):
            revisions.record(pk, request.user, "delete", again=True)
        super().delete_queryset(request, queryset)

    def history_view(self, request, object_id, extra_context=None):
        """Every version, what each changed, and the way back to it."""
        practice = self.get_object(request, unquote(object_id))
        if practice is None:
            return redirect("admin:practices_practice_changelist")
        if not self.has_view_or_change_permission(request, practice):
            raise PermissionDenied
        story = revisions.story(practice.pk)
        versions = [one for one, changes in story if changes is not None]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions"),
            "subtitle": practice.title,
            "opts": self.opts,
            "practice": practice,
            "story": story,
            "present": versions[0].pk if versions else None,
            "oldest": versions[-1].pk if versions else None,
            "may_restore": self.has_change_permission(request, practice),
        }
        return TemplateResponse(request, "admin/practices/practice/versions.html", context)

    def deleted_view(self, request):
        """The practices that were deleted; each can be brought back by whoever edits all practices."""
        if not request.user.has_perm("practices.edit_any_practice"):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted practices"),
            "opts": self.opts,
            "deleted": revisions.deleted(),
        }
        return TemplateResponse(request, "admin/practices/practice/deleted.html", context)

    def restore_view(self, request, pk):
        """Bring a version back; a practice that was deleted comes back as a draft."""
        revision = get_object_or_404(Revision, pk=pk)
        practice = Practice.objects.filter(pk=revision.practice).first()
        everything = request.user.has_perm("practices.edit_any_practice")
        if not (self.has_change_permission(request, practice) if practice else everything):
            raise PermissionDenied
        try:
            restored, lost = revisions.restore(revision, request.user)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
            return redirect("admin:practices_practice_history", revision.practice)
        if lost:
            regret = _("No longer in the vocabularies, and so not restored: %(names)s.")
            self.message_user(request, regret % {"names": ", ".join(lost)}, messages.WARNING)
        told = _("The version of %(date)s was restored.") % {"date": long_date(revision.at)}
        self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:practices_practice_change", restored.pk)
