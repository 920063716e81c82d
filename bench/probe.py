"""What one process says of one catalogue, on standard output as JSON: `python -m bench.probe` with DATABASE_URL.

Counts by the index and by SQL, whole pages without the cache of pages, memory, and what a page is made of.
"""

import gc
import json
import os
import resource
import sys
from time import perf_counter, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import translation  # noqa: E402

from bench.questions import COMMON_SEARCH, QUESTIONS, THREE_FACETS  # noqa: E402
from bench.timing import measure  # noqa: E402
from practices.filters import PracticeFilterSet, catalogue_index  # noqa: E402
from practices.models import Practice  # noqa: E402

MEGABYTE = 1024


def resident():
    """The memory of this process now, in megabytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / MEGABYTE


def answer(query, snapshot):
    """All that a page shows of a choice: every count of every facet, the total, the first page."""
    asked = PracticeFilterSet(QueryDict(query), Practice.objects.published(), snapshot=snapshot)
    return [{one.value: one.count for one in facet.options} for facet in asked.facets], list(asked.results[:20])


def page(application, query):
    """One page through Django, as the server asks for it, without the cache of pages in front."""
    body = application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/bonnes-pratiques/",
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.input": sys.stdin.buffer,
            "wsgi.url_scheme": "http",
        },
        lambda status, headers, exc_info=None: None,
    )
    html = b"".join(body)
    body.close()
    return html


def main(arguments):
    """Measure; "index" alone leaves out pages and SQL."""
    index_alone = "index" in arguments
    if connection.vendor == "postgresql":
        # What its planner learns by itself within minutes; without it, SQL would be compared at its worst.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    before, started, cpu = resident(), perf_counter(), process_time()
    snapshot = catalogue_index.current()
    said: dict[str, dict] = {
        "about": {"practices": len(snapshot.slots), "database": connection.vendor},
        "load": {"seconds": perf_counter() - started, "cpu_seconds": process_time() - cpu},
        "counts": {},
        "pages": {},
    }
    application = get_wsgi_application()
    if not index_alone:
        # What a process that serves holds: it never counts by SQL.
        for question in [*QUESTIONS, COMMON_SEARCH]:
            page(application, question.query)
    serving = resident()
    for question in [*QUESTIONS, COMMON_SEARCH]:
        if question.search and index_alone:
            continue
        told = {"first": measure(lambda q=question: answer(q.query, snapshot), at_least=1, at_most=1)["median"]}
        told["index"] = measure(lambda q=question: answer(q.query, snapshot), at_least=20, seconds=1)
        if not index_alone and question is not COMMON_SEARCH:
            told["sql"] = measure(lambda q=question: answer(q.query, None), seconds=3)
            assert answer(question.query, snapshot) == answer(question.query, None), question.name
        said["counts"][question.name] = told
        if index_alone:
            continue
        with CaptureQueriesContext(connection) as queries:
            cold = measure(
                lambda q=question: page(application, q.query),
                at_least=1,
                at_most=1,
                before=lambda: (snapshot.fragments.clear(), snapshot.lists.clear()),
            )
        asked = len(queries)  # the next request forgets them
        gc.collect()
        new = measure(
            lambda q=question: page(application, q.query), seconds=1, at_least=30, before=snapshot.lists.clear
        )
        said["pages"][question.name] = {
            "cold": cold["median"],
            "new": new["median"],
            "queries": asked,
            **measure(lambda q=question: page(application, q.query), seconds=2, at_least=30),
        }
        reset_queries()
    said["memory"] = {
        "before": before,
        "serving": serving,
        "after": resident(),
        "highest": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE,
    }
    if not index_alone:
        said["parts"] = parts(snapshot)
    print(json.dumps(said))


def parts(snapshot):
    """What the page with three facets is made of where nothing is kept of its list, in milliseconds."""
    from practices.presentation.cards import rendered_cards
    from practices.templatetags.catalogue import facets, map_and_charts

    def asked():
        return PracticeFilterSet(QueryDict(THREE_FACETS.query), Practice.objects.none(), snapshot=snapshot)

    def lasting(function, **given):
        return measure(function, seconds=0.5, **given)["median"]

    ready = asked()
    pks = list(ready.results[:20])
    with translation.override("fr"):
        return {
            "choice": lasting(lambda: asked().selection),
            "counts of every facet": lasting(lambda: [one.options for one in asked().facets]),
            "results, count and first page": lasting(lambda: list(asked().results[:20])),
            "facets as HTML": lasting(lambda: facets(ready)),
            "map and charts": lasting(lambda: map_and_charts(ready)),
            "cards, kept": lasting(lambda: rendered_cards(snapshot, pks, "h2")),
            "cards, for the first time": lasting(
                lambda: rendered_cards(snapshot, pks, "h2"), before=snapshot.fragments.clear
            ),
        }


if __name__ == "__main__":
    main(sys.argv[1:])
