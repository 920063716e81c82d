"""The statistics: how often practices are read and words searched, by day, with nothing that tells people apart.

Counted in memory in front of the cache of pages, and added to the database a minute later, by a thread of its own: no
page waits for a count, and a database that is down loses some. What the desk shows of them is in `dashboard`.
"""

import hmac
import re
import threading
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from content.folding import fold
from practices.models.statistics import LONGEST_WORDS, DailyCount, Unanswered

EVERY = 60
"""Seconds that counts wait in memory."""
HELD = 5000
"""Different counts held at most; what comes beyond is lost."""
ENOUGH_DAYS = 3
"""Different days on which words must have been searched in vain before they are kept as words."""
NOTED, KNOWN = 50, 20_000
"""Searches in vain noted at once, and those known at all: nobody fills the table by searching nonsense."""
FORGOTTEN = timedelta(days=90)
"""How long words that were searched in vain on a day or two are remembered, as a hash."""
READ = re.compile(r"(?:/[a-z]{2})?/bonnes-pratiques/(?:([-\w]+)/)?\Z", re.ASCII)
ROBOT = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|headless|lighthouse|archiv|feed|scan|http|python|java/", re.I
)
PERSONAL = re.compile(r"@|\d[\d .+-]{5,}\d")
"""What may be somebody's address or telephone number."""
VIEW, SEARCH, IN_VAIN = "view", "search", "vain"


class Readership:
    """Hears of every public page that is sent, counts what it is allowed to, and writes it down later.

    `editor_cookie` names the cookie of whoever is signed in to the back office, and is not a reader.
    """

    def __init__(self, editor_cookie, every=EVERY, held=HELD):
        self.editor_cookie = f"{editor_cookie}="
        self.every = every
        self.held = held
        self.views, self.searches = Counter(), Counter()
        self.lock = threading.Lock()
        self.timer = None

    def hear(self, environ, headers):
        """Note a page that is about to be sent with some headers; quick, and never an error."""
        found = READ.match(environ.get("PATH_INFO", ""))
        if not found or not self.counts(environ):
            return
        if found[1]:
            self._add(self.views, (timezone.localdate(), found[1]))
        elif (words := searched(environ.get("QUERY_STRING", ""))) and (count := total(headers)) is not None:
            self._add(self.searches, (timezone.localdate(), words, count > 0))

    def counts(self, environ):
        """Whether a request is one of a person who does not mind being counted."""
        agent = environ.get("HTTP_USER_AGENT", "")
        return (
            environ["REQUEST_METHOD"] == "GET"
            and environ.get("HTTP_DNT") != "1"
            and environ.get("HTTP_SEC_GPC") != "1"
            and "prefetch" not in environ.get("HTTP_SEC_PURPOSE", "")
            and self.editor_cookie not in environ.get("HTTP_COOKIE", "")
            and agent.startswith("Mozilla/")
            and not ROBOT.search(agent)
        )

    def _add(self, counter, key):
        if key not in counter and len(counter) >= self.held:
            return
        with self.lock:
            counter[key] += 1
            if self.timer is None:
                self.timer = threading.Timer(self.every, self.flush)
                self.timer.daemon = True
                self.timer.start()

    def flush(self):
        """Write down what was counted since the last time; what the database refuses is lost."""
        with self.lock:
            views, searches, self.timer = self.views, self.searches, None
            self.views, self.searches = Counter(), Counter()
        try:
            write(views, whole_words(searches))
        except (DatabaseError, InterfaceError):
            return
        finally:
            # This thread ends here, and its connection with it.
            if threading.current_thread() is not threading.main_thread():
                connection.close()


def searched(query):
    """The words of a search by words alone, on its first page, folded; "" for anything else or for too much."""
    asked = parse_qs(query)
    if set(asked) - {"q", "tri"} or "q" not in asked:
        return ""
    words = " ".join(fold(asked["q"][0]).split())
    return words if len(words) <= LONGEST_WORDS else ""


def total(headers):
    """How many practices a list says that it has found, or None."""
    return next((int(value) for name, value in headers if name == "X-Total-Count"), None)


def whole_words(searches):
    """The searches, but for those that somebody was in the middle of typing: the beginning of another of the day."""
    typed = sorted(searches)
    kept = Counter()
    for place, (day, words, found) in enumerate(typed):
        following = typed[place + 1] if place + 1 < len(typed) else (None, "", False)
        if not (following[0] == day and following[1] != words and following[1].startswith(words)):
            kept[day, words, found] = searches[day, words, found]
    return kept


@transaction.atomic
def write(views, searches):
    """Add counts to those of their days."""
    from practices.models import Practice

    keys = dict(Practice.objects.filter(slug__in={slug for _day, slug in views}).values_list("slug", "pk"))
    counts = Counter()
    for (day, slug), count in views.items():
        if slug in keys:
            counts[day, VIEW, keys[slug]] += count
    for (day, _words, found), count in searches.items():
        counts[day, SEARCH, 0] += count
        if not found:
            counts[day, IN_VAIN, 0] += count
    with connection.cursor() as cursor:
        # In one order, so that two processes never wait for each other; one statement a row, that both databases know.
        cursor.executemany(
            "INSERT INTO practices_dailycount (day, kind, practice, count) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (day, kind, practice) DO UPDATE SET count = practices_dailycount.count + EXCLUDED.count",
            [(day.isoformat(), kind, key, count) for (day, kind, key), count in sorted(counts.items())],
        )
    Unanswered.objects.filter(digest__in=[digest_of(words) for _day, words, found in searches if found]).delete()
    if Unanswered.objects.count() < KNOWN:
        for day, words in [(day, words) for day, words, found in sorted(searches) if not found][:NOTED]:
            _note_vain(words, day)


def _note_vain(words, day):
    """Count a day on which words found nothing; once there are enough, keep the words, unless they may be personal."""
    if PERSONAL.search(words):
        return
    one, created = Unanswered.objects.get_or_create(digest=digest_of(words), defaults={"last_on": day})
    if created or one.last_on >= day:
        return
    told = {"words": words} if one.days + 1 >= ENOUGH_DAYS else {}
    # A search that has found something at this very moment has taken the row away: it does not come back.
    Unanswered.objects.filter(pk=one.pk, last_on__lt=day).update(days=F("days") + 1, last_on=day, **told)


def digest_of(words):
    """A name for words that says nothing of them without this site's key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"searched:{words}".encode(), sha256).hexdigest()[:32]


def to_write(limit):
    """What people look for and do not find: the searches made in vain on the most days."""
    return list(Unanswered.objects.exclude(words="").order_by("-days", "-last_on", "words")[:limit])


def totals_since(day):
    """How many practices were read and searches made since a day, as {kind: count}."""
    rows = DailyCount.objects.filter(day__gte=day).order_by().values_list("kind").annotate(models.Sum("count"))
    return {VIEW: 0, SEARCH: 0, IN_VAIN: 0} | dict(rows)


def most_read(day, limit):
    """The keys of the practices read most since a day, with how often."""
    rows = DailyCount.objects.filter(day__gte=day, kind=VIEW).order_by().values_list("practice")
    return list(rows.annotate(total=models.Sum("count")).order_by("-total", F("practice"))[:limit])


def prune(now, dry_run):
    """Erase counts and searches kept long enough; {what was done: how many}."""
    before = timezone.localdate(now) - timedelta(days=settings.STATISTICS_DAYS)
    old = {
        _("Counts of reading erased"): DailyCount.objects.filter(day__lt=before),
        _("Searches in vain erased"): Unanswered.objects.filter(
            models.Q(last_on__lt=before) | models.Q(words="", last_on__lt=timezone.localdate(now) - FORGOTTEN)
        ),
    }
    done = {label: rows.count() for label, rows in old.items()}
    if not dry_run:
        for rows in old.values():
            rows.delete()
    return done
