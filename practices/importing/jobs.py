"""How an import moves on, one bounded request after another: read, mapped, decided, compared, written.

Every step but the last writes to the import’s own rows alone, so that whatever stops it (a reload, a crash) leaves the
catalogue as it was and the import where it was.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from time import monotonic

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from practices.importing.columns import columns
from practices.importing.comparing import AT_ONCE, CHANGED, NEW, STATES, Comparison, Result
from practices.importing.problems import Problem
from practices.importing.reading.files import read
from practices.importing.reading.headings import guess
from practices.importing.reading.layout import Layout
from practices.importing.saving.inserting import inserts, reserve, run
from practices.importing.saving.preparing import Overtaken
from practices.importing.saving.writing import write
from practices.importing.survey import Survey, survey
from practices.models.imports import ImportChunk, ImportJob, Stage

KEPT = timedelta(days=7)
"""How long an import that nobody finished is kept."""
AT_MOST = 2.0
"""Seconds of comparing in one request."""


class OutOfTurn(Exception):
    """The import is not where this step begins: somebody moved it on in another window."""


def start(name, data, encoding, by):
    """Keep the rows of a file; raise Unreadable. Nothing waits for its reading: it comes before the transaction."""
    sheet = read(name, data, encoding)
    job = ImportJob(
        pk=reserve(ImportJob, 1)[0],
        by=by,
        name=name[-255:],
        about=sheet.about[:255],
        headings=sheet.headings,
        mapping=guess(sheet.headings),
        faults=[asdict(one) for one in sheet.problems],
        rows=len(sheet.rows),
    )
    rows, chunks = iter(sheet.rows.items()), []
    while some := list(islice(rows, AT_ONCE)):
        chunks.append(ImportChunk(job=job, first=some[0][0], rows=some))
    statements = inserts([job]) + inserts(chunks)
    with transaction.atomic():
        ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        run(statements)
    return ImportJob.objects.get(pk=job.pk)


def choose(job, mapping):
    """Say which heading holds which column, and look at the whole file again."""
    job.mapping, job.decisions = mapping, {}
    _survey(job)


def decide(job, decisions):
    """Say what unknown words mean, as {column: {word: slug or "+"}}, besides what was said before."""
    for name, words in decisions.items():
        job.decisions[name] = {**job.decisions.get(name, {}), **words}
    _survey(job)


def _survey(job):
    rows = {row: texts for chunk in job.chunks.all() for row, texts in chunk.rows}
    found = survey(Layout(job.headings, job.mapping), rows, job.decisions)
    job.survey = found.as_json()
    job.stage = Stage.TERMS if found.unknown else Stage.CHECKING
    _forget(job)


def skip_terms(job):
    """Compare with words left unknown: each will be a problem of its row."""
    job.stage = Stage.CHECKING
    _forget(job)


def _forget(job):
    """Compare from the first row on; raise OutOfTurn where the import was dropped meanwhile."""
    job.checked, job.new = 0, None
    with transaction.atomic():
        if not ImportJob.objects.select_for_update().filter(pk=job.pk).exists():
            raise OutOfTurn
        job.chunks.update(results=None, **dict.fromkeys(STATES, 0))
        job.save(force_update=True)


def comparison_of(job):
    """The comparison, where it was left."""
    found = Comparison(Layout(job.headings, job.mapping), Survey.from_json(job.survey), job.decisions, job.by)
    found.resume({name: {int(pk): fields for pk, fields in made.items()} for name, made in (job.new or {}).items()})
    return found


def advance(job, seconds=AT_MOST):
    """Compare rows for some seconds; return the share that is done. Two windows at once do no harm."""
    if job.stage != Stage.CHECKING:
        return 1.0
    started, comparison = monotonic(), comparison_of(job)
    checked = job.checked
    for chunk in job.chunks.filter(results=None):
        results = comparison.compare(dict(chunk.rows))
        counts = Counter(one.state for one in results)
        chunk.results = [one.as_json() for one in results]
        for state in STATES:
            setattr(chunk, state, counts[state])
        done = checked + len(chunk.rows)
        with transaction.atomic():
            mine = ImportJob.objects.filter(pk=job.pk, stage=Stage.CHECKING, checked=checked)
            if not mine.update(checked=done, new=comparison.new):
                break
            chunk.save(update_fields=["results", *STATES])
        checked = done
        if monotonic() - started > seconds:
            break
    ImportJob.objects.filter(pk=job.pk, stage=Stage.CHECKING, checked=job.rows).update(stage=Stage.READY)
    job.refresh_from_db()
    return job.checked / job.rows


def counts(job):
    """How many rows are in each state."""
    totals = job.chunks.aggregate(**{state: Sum(state, default=0) for state in STATES})
    return {state: totals[state] for state in STATES}


def problems(job, most):
    """The first problems of an import, in the order of its rows, and how many there are."""
    found = [Problem(**one) for one in [*job.faults, *job.survey["problems"]]]
    for chunk in job.chunks.filter(wrong__gt=0):
        found += [Problem(**one) for result in chunk.results for one in result["problems"]]
    return sorted(found, key=lambda one: one.row)[:most], len(found)


def page_of(job, state, start, count):
    """The results of one state from the `start`-th on, `count` of them; reads only the rows it needs."""
    found, passed = [], 0
    for chunk in job.chunks.filter(**{f"{state}__gt": 0}).defer("rows").iterator(chunk_size=1):
        here = getattr(chunk, state)
        if passed + here > start:
            results = [one for one in chunk.results if one["state"] == state]
            found += results[max(start - passed, 0) :]
        passed += here
        if len(found) >= count:
            break
    return [Result.from_json(one) for one in found[:count]]


def to_make(job):
    """What will be made for the rows, as {column’s heading: names}."""
    every = columns()
    return {
        every[name].heading: [fields["name"] for fields in made.values()]
        for name, made in (job.new or {}).items()
        if made
    }


def finish(job, progress=lambda share: None):
    """Write every row, all or nothing, once; return how many practices were written; `progress` is told the share.

    Raise OutOfTurn where the import is not ready, and Overtaken, once the import is back to comparing.
    """
    mine = ImportJob.objects.filter(pk=job.pk, stage=Stage.READY).first()
    if mine is None or counts(mine)["wrong"] or mine.faults or mine.survey["problems"]:
        raise OutOfTurn
    results = [Result.from_json(one) for chunk in mine.chunks.defer("rows") for one in chunk.results]
    new = {name: {int(pk): fields for pk, fields in made.items()} for name, made in (mine.new or {}).items()}
    mine.written = sum(one.state in (NEW, CHANGED) for one in results)
    try:
        write(results, new, mine.by, mine.name, progress, claim=lambda: _claimed(mine))
    except Overtaken:
        job.refresh_from_db()
        _survey(job)
        raise
    job.refresh_from_db()
    return job.written


@contextmanager
def _claimed(job):
    """Have an import written within: it is ready still, by the same decisions; it is over in the same transaction."""
    now = ImportJob.objects.select_for_update().filter(pk=job.pk, stage=Stage.READY).first()
    if now is None or (now.mapping, now.decisions) != (job.mapping, job.decisions):
        raise OutOfTurn
    yield
    job.stage, job.survey, job.new = Stage.WRITTEN, None, None
    job.save(force_update=True)
    job.chunks.all().delete()
