"""Which web addresses are checked, in which order, and which practices have dead ones.

What is known of one address is in `models.links`.
"""

import heapq
from collections import defaultdict, deque

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from practices.links.http import host_of
from practices.models import Link, Organisation, Practice, Status
from practices.models.links import LinkCheck

BATCH = 500
"""Rows deleted in one statement: a database bounds how many keys it may list."""


def in_use():
    """Every web address on the page of a practice that is not archived, as a set."""
    alive = Practice.objects.exclude(status=Status.ARCHIVED)
    return {
        *alive.exclude(website="").values_list("website", flat=True),
        *Link.objects.filter(practice__in=alive).values_list("url", flat=True),
        *Organisation.objects.filter(practices__in=alive).exclude(website="").values_list("website", flat=True),
    }


def due(now):
    """The addresses to ask by now, those never asked first, then the longest due."""
    known = dict(LinkCheck.objects.values_list("url", "due_at"))
    waiting = [url for url in in_use() if url not in known or known[url] <= now]
    return sorted(waiting, key=lambda url: (url in known, known.get(url, now), url))


def forget_unused():
    """Let go of what is known of addresses that no practice has any more; return how many."""
    used = in_use()
    gone = [pk for pk, url in LinkCheck.objects.values_list("pk", "url") if url not in used]
    some = [gone[start : start + BATCH] for start in range(0, len(gone), BATCH)]
    return sum(LinkCheck.objects.filter(pk__in=pks).delete()[0] for pks in some)


def check(urls, fetcher, every, enough=lambda: False):
    """Ask addresses and note what each answered, a host at a time; yield them, until `enough()`."""
    hosts = defaultdict(deque)
    for url in urls:
        hosts[host_of(url)].append(url)
    turns = [(0, number, host) for number, host in enumerate(hosts)]
    while turns and not enough():
        _due, number, host = heapq.heappop(turns)
        url = hosts[host].popleft()
        answer = fetcher.look(url)
        with transaction.atomic():
            one = LinkCheck.objects.select_for_update().filter(url=url).first() or LinkCheck(url=url)
            one.take(answer, every)
            one.save(force_insert=one._state.adding, force_update=not one._state.adding)
        if hosts[host]:
            heapq.heappush(turns, (fetcher.pace.due(host), number, host))
        yield one


def with_dead_links():
    """The condition of practices not archived on whose page an address is dead."""
    dead = LinkCheck.objects.dead().values("url")
    links = Link.objects.filter(practice=OuterRef("pk"), url__in=dead)
    carried = Organisation.objects.filter(practices=OuterRef("pk"), website__in=dead)
    return ~Q(status=Status.ARCHIVED) & (Q(website__in=dead) | Q(Exists(links)) | Q(Exists(carried)))


def failures_of(practice):
    """What is known against the addresses on the page of a practice: those that have failed since they last worked."""
    urls = {practice.website, *practice.links.values_list("url", flat=True)}
    urls |= set(practice.organisations.values_list("website", flat=True))
    return list(LinkCheck.objects.filter(url__in=urls - {""}, failed_days__gt=0))
