"""What waits on the home of the back office because people brought it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contributions.models import Proposal, Report, Update
from contributions.models.proposals import State
from contributions.models.reports import ReportState
from contributions.models.updates import UpdateState
from practices.editorial.dashboard import Tile


def tiles(user):
    """What a person may look at, each with its count and its list."""
    found = []
    if user.has_perm("contributions.review_proposal"):
        found.append(_tile(Proposal, State.RECEIVED, _("Proposals to judge")))
    if user.has_perm("contributions.change_report"):
        found.append(_tile(Report, ReportState.NEW, _("Errors reported")))
    if user.has_perm("contributions.change_update"):
        found.append(_tile(Update, UpdateState.PROPOSED, _("Updates to look at")))
    return found


def _tile(model, state, label):
    address = reverse(f"admin:contributions_{model._meta.model_name}_changelist")
    return Tile(label, model.objects.filter(state=state).count(), f"{address}?state__exact={state}")
