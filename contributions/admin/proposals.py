"""Proposals in the back office: read, judge, question, accept or not; nobody adds one, and nobody writes over one."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contributions import attachments
from contributions.models import Proposal, Review
from contributions.models.proposals import Mark
from contributions.proposals import review, writing
from contributions.proposals.conversion import flat
from contributions.proposals.progress import summary
from contributions.views.proposals import shown
from practices.editorial.duplicates import like
from practices.models import Practice

FILES = "admin:contributions_proposal_file"


class ReviewForm(forms.ModelForm):
    """What one person thinks of a proposal."""

    class Meta:
        model = Review
        fields = ("relevance", "results", "transferability", "comment", "favourable")
        widgets = {
            **dict.fromkeys(("relevance", "results", "transferability"), forms.RadioSelect),
            "comment": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("relevance", "results", "transferability"):
            field: Any = self.fields[name]
            field.choices = Mark.choices


class WordsForm(forms.Form):
    """What an editor writes to the author."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}))


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """One proposal that was sent and confirmed: the others are not the editors' business."""

    list_display = ("__str__", "state", "organisation", "favour", "received_at", "practice")
    list_filter = ("state", "received_at")
    search_fields = ("title", "name", "email_key")
    date_hierarchy = "received_at"
    list_per_page = 50
    # Proposals are erased one by one: each is somebody's.
    actions = None

    def get_queryset(self, request):
        """What was sent from an address whose owner confirmed it."""
        return Proposal.objects.in_queue().for_review()

    def has_add_permission(self, request):
        """Proposals come from outside."""
        return False

    @admin.display(description=_("organisation"))
    def organisation(self, proposal):
        """Who carries the practice, as typed."""
        return flat(proposal).get("organisation", "")

    @admin.display(description=pgettext_lazy("of a proposal", "in favour"))
    def favour(self, proposal):
        """How many are in favour, of how many it takes."""
        return f"{proposal.in_favour} / {settings.PROPOSAL_VALIDATIONS}"

    def get_urls(self):
        """Django's addresses, and that of the page as it would look."""
        seen = self.admin_site.admin_view(self.preview_view)
        file = self.admin_site.admin_view(self.file_view)
        return [
            path("<int:pk>/apercu/", seen, name="contributions_proposal_preview"),
            path("<int:pk>/fichiers/<slug:slot>/<str:name>", file, name="contributions_proposal_file"),
            *super().get_urls(),
        ]

    def preview_view(self, request, pk):
        """The page as visitors would see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        proposal = get_object_or_404(self.get_queryset(request), pk=pk)
        back = "admin:contributions_proposal_change"
        return shown(request, proposal, files=FILES, back=back, token=proposal.pk)

    def file_view(self, request, pk, slot, name):
        """One of the files that were joined, for who may see the proposal."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = attachments.response(get_object_or_404(self.get_queryset(request), pk=pk), slot, name)
        if found is None:
            raise Http404
        return found

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """All that is known of a proposal on one page, and what may be done with it."""
        proposal = self.get_object(request, unquote(object_id))
        if proposal is None:
            return redirect("admin:contributions_proposal_changelist")
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        mine = proposal.reviews.filter(by=request.user).first()
        sent = request.POST if request.method == "POST" else None
        judged = ReviewForm(sent if sent and "_judge" in sent else None, instance=mine)
        words = {
            name: WordsForm(sent if sent and f"_{name}" in sent else None, prefix=name)
            for name in ("ask", "accept", "refuse")
        }
        words["accept"].fields["text"].required = False
        if sent is not None:
            done = self._act(request, proposal, judged, words)
            if done:
                return redirect("admin:contributions_proposal_change", proposal.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": proposal.title,
            "opts": self.opts,
            "proposal": proposal,
            "open": proposal.state in review.OPEN and request.user.has_perm("contributions.review_proposal"),
            "alike": like(Practice.objects.all(), proposal.title, proposal.practice_id),
            "parts": summary(proposal),
            "files": attachments.files_of(proposal, FILES, proposal.pk),
            "remarks": proposal.remarks.select_related("by"),
            "reviews": proposal.reviews.select_related("by"),
            "needed": review.still_needed(proposal),
            "judged": judged,
            "words": words,
        }
        return TemplateResponse(request, "admin/contributions/proposal/change.html", context)

    def _act(self, request, proposal, judged, words):
        """Do what the button says; return whether it was done. What is refused says why, and stays as it was typed."""
        try:
            if "_judge" in request.POST:
                if not judged.is_valid():
                    return False
                review.judge(proposal, request.user, judged.cleaned_data)
                return self._tell(request, _("Your opinion is kept."))
            for name, step in (("ask", review.ask), ("accept", review.accept), ("refuse", review.refuse)):
                if f"_{name}" in request.POST:
                    if not words[name].is_valid():
                        return False
                    step(proposal, request.user, words[name].cleaned_data["text"])
                    return self._tell(request, _("It is done, and a message leaves for the author."))
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
        return False

    def _tell(self, request, sentence):
        self.message_user(request, sentence, messages.SUCCESS)
        return True

    def delete_model(self, request, obj):
        """Erase a proposal and its messages; the page made of it stays as it is."""
        writing.erase(obj, keep_credit=True)

    def get_deleted_objects(self, objs, request):
        """Let whoever may delete a proposal erase the rows that go with it."""
        _deleted, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return [str(one) for one in objs], counts, set(), protected
