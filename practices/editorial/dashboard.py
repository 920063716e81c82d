"""The home of the back office: what waits, what is under way, and the catalogue in figures.

What can wait for somebody is in `needs`; the figures of the public catalogue come from the index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practices import statistics
from practices.editorial.needs import counted
from practices.editorial.review import progress
from practices.filters import PracticeFilterSet, catalogue_index
from practices.models import Practice, Status

LISTED = 5
"""Practices under way that are named."""
MORE_TILES: list[Callable] = []
"""What else waits, each as rule(user) giving tiles; the applications that stand on the catalogue add theirs."""
MONTHS = 12
WANTED = 10
"""Searches made in vain that are told."""
CHARTED = 8
"""Terms of a chart before the others are folded."""


@dataclass(frozen=True)
class Tile:
    """A need with its count and the list it leads to."""

    label: str | Promise
    count: int
    url: str


@dataclass(frozen=True)
class Bar:
    """One figure of a chart; `share` is its length in hundredths of the longest."""

    label: str | date
    count: int
    share: int
    url: str = ""

    @property
    def rest(self):
        """What is left above the bar, where it stands upright."""
        return 100 - self.share


@dataclass(frozen=True)
class Chart:
    """Bars under a title, those to show at once and the others."""

    title: str | Promise
    first: list[Bar]
    others: list[Bar]


def dashboard(user):
    """What a person finds on the home of the back office, as context; a fixed number of queries."""
    practices = reverse("admin:practices_practice_changelist")
    tiles = [Tile(need.label, count, f"{practices}?besoin={need.key}") for need, count in counted(user)]
    tiles += [tile for rule in MORE_TILES for tile in rule(user)]
    reach = Practice.objects.within_reach_of(user)
    if not user.has_perm("practices.edit_any_practice"):
        return {"tiles": tiles, "mine": _mine(reach, user)}
    snapshot = catalogue_index.current()
    return {
        "tiles": tiles,
        "mine": _mine(reach, user),
        "waiting": list(reach.in_review().select_related("author").order_by("updated_at")[:LISTED]),
        "round": progress(),
        "months": months(timezone.localdate()),
        "charts": [_by_term(snapshot, "pays", _("By country")), _by_term(snapshot, "theme", _("By theme"))],
        "count": len(snapshot.slots),
        "read": _read(snapshot),
        "totals": statistics.totals_since(_month_ago()),
        "wanted": statistics.to_write(WANTED),
    }


def _month_ago():
    return timezone.localdate() - timedelta(days=30)


def _read(snapshot):
    """The public practices read most in the last month."""
    found = [(pk, count) for pk, count in statistics.most_read(_month_ago(), 2 * CHARTED) if pk in snapshot.slots]
    titles = dict(Practice.objects.filter(pk__in=[pk for pk, _count in found]).values_list("pk", "title"))
    change = "admin:practices_practice_change"
    bars = _bars([(titles[pk], count, reverse(change, args=[pk])) for pk, count in found if pk in titles])
    return Chart(_("Most read"), bars[:CHARTED], [])


def _mine(reach, user):
    return list(reach.mine(user).under_way().order_by("-updated_at")[:LISTED])


def months(today):
    """How many practices of the public catalogue were published in each of the last months, the oldest first."""
    first = today.year * 12 + today.month - MONTHS
    starts = [date((first + number) // 12, (first + number) % 12 + 1, 1) for number in range(MONTHS)]
    since = timezone.make_aware(datetime.combine(starts[0], time.min))
    rows = Practice.objects.published().filter(published_at__gte=since).order_by()
    rows = rows.annotate(month=TruncMonth("published_at")).values_list("month").annotate(Count("pk"))
    counts = {moment.date(): count for moment, count in rows}
    return _bars([(start, counts.get(start, 0), "") for start in starts])


def _by_term(snapshot, param, title):
    """The public practices by term of a vocabulary, the most used first."""
    field = PracticeFilterSet.base_filters[param].field_name
    totals, names = snapshot.totals.get(param, {}), snapshot.labels(param)
    keys = {term.slug: term.pk for term in snapshot.terms[param]}
    address = f"{reverse('admin:practices_practice_changelist')}?status__exact={Status.PUBLISHED}&{field}__id__exact="
    found = sorted(totals.items(), key=lambda one: (-one[1], list(names).index(one[0])))
    bars = _bars([(names[slug], count, f"{address}{keys[slug]}") for slug, count in found])
    shown = len(bars) if len(bars) == CHARTED + 1 else CHARTED
    return Chart(title, bars[:shown], bars[shown:])


def _bars(figures):
    longest = max((count for _label, count, _url in figures), default=0) or 1
    return [Bar(label, count, round(100 * count / longest), url) for label, count, url in figures]
