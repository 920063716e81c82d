"""What in the catalogue waits for somebody: a need is declared once, for the dashboard and the filter of the list.

What is shown to whom on the dashboard is in `dashboard`; what a step checks is in `workflow`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.languages import other_languages
from practices.editorial.review import STALE, looked_at_before, open_round
from practices.links.schedule import with_dead_links
from practices.models import Practice, Status, Step
from practices.models.publication import public, scheduled


@dataclass(frozen=True)
class Need:
    """One reason to look at practices: its word in addresses, its name, and the condition, given who asks.

    `own` tells that it concerns whoever writes as well, and not the editors alone; `tile` that the dashboard counts it.
    """

    key: str
    label: str | Promise
    condition: Callable
    own: bool = False
    tile: bool = True


def _to_review(user):
    return Q(status=Status.IN_REVIEW)


def _sent_back(user):
    """Drafts of the person whose last step was to be sent back."""
    last = Step.objects.filter(practice=OuterRef("pk")).order_by("-at", "-pk").values("transition")[:1]
    sent_back = Practice.objects.filter(author=user.pk, status=Status.DRAFT).alias(last=Subquery(last))
    return Q(pk__in=sent_back.filter(last="send_back").values("pk"))


def _mine(user):
    return Q(status=Status.DRAFT, author=user.pk)


def _scheduled(user):
    return scheduled(timezone.now())


def _stale(user):
    return public(timezone.now()) & looked_at_before(timezone.localdate() - STALE)


def _in_round(user):
    one = open_round()
    return public(timezone.now()) & looked_at_before(one.before) if one else Q(pk__in=[])


def _untranslated(user):
    """Approved practices, embargoed or not, that lack something in one of the other languages at least."""
    lacking = (Q(pk__in=Practice.objects.untranslated(code).values("pk")) for code in other_languages())
    return Q(status=Status.PUBLISHED) & reduce(or_, lacking, Q(pk__in=[]))


def without(field):
    """The condition of practices still alive that have nothing under a relation."""
    through = Practice._meta.get_field(field).remote_field.through

    def condition(user):
        return ~Q(status=Status.ARCHIVED) & ~Q(Exists(through._default_manager.filter(practice=OuterRef("pk"))))

    return condition


NEEDS = [
    Need("a-relire", _("To review"), _to_review, own=True),
    Need("a-reprendre", _("Sent back to me"), _sent_back, own=True),
    Need("brouillons", _("My drafts"), _mine, own=True),
    Need("programmees", pgettext_lazy("practices", "Scheduled"), _scheduled, own=True),
    Need("pas-relues", _("Not read again for a year"), _stale),
    Need("tour", _("In the yearly round"), _in_round, tile=False),
    Need("liens-morts", _("Dead links"), lambda user: with_dead_links()),
    Need("non-traduites", _("Not translated"), _untranslated),
    Need("sans-image", _("Without a picture"), lambda user: Q(status=Status.PUBLISHED, cover="")),
    Need("sans-theme", _("Without a theme"), without("themes")),
]
"""Every need, in the order of the dashboard."""


def needs_of(user):
    """The needs that concern a person: all of them for whoever edits every practice, else those of who writes."""
    return NEEDS if user.has_perm("practices.edit_any_practice") else [need for need in NEEDS if need.own]


def counted(user):
    """The needs of a person, each with how many practices in reach of them have it; one query."""
    needs = [need for need in needs_of(user) if need.tile]
    counts = Practice.objects.within_reach_of(user).aggregate(
        **{need.key.replace("-", "_"): Count("pk", filter=need.condition(user)) for need in needs}
    )
    return list(zip(needs, counts.values(), strict=True))
