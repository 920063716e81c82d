"""Imports in the back office: a file, its columns, its unknown words, the comparison, the writing; and exports.

What a person fills in on the way is in `import_forms`.
"""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from content.media.uploads import larger
from practices.admin.import_forms import ColumnsForm, FileForm, WordsForm
from practices.importing import jobs, progress
from practices.importing.columns import columns
from practices.importing.comparing import CHANGED, NEW, SAME
from practices.importing.exporting import respond
from practices.importing.problems import Unreadable
from practices.importing.reading.files import MOST_BYTES, MOST_ROWS
from practices.importing.saving.preparing import Overtaken
from practices.models.imports import ImportJob, Stage

logger = logging.getLogger(__name__)

PROBLEMS, ON_A_PAGE = 100, 25
"""Problems and results shown on a page."""
HERE, SHARE = SafeString("<!-- shares -->"), "admin/practices/imports/_share.html"
"""What stands in a page for what is to come: no word of a person holds it, since each is escaped; and what comes."""
larger["admin:practices_practice_import"] = MOST_BYTES
EDITS = ("practices.add_practice", "practices.change_practice", "practices.edit_any_practice")


def _streamed(page, job, language):
    """Yield a page whose place for shares is filled as the writing goes on, and at last with how it ended.

    The language is told: that of the request is over when the page is sent.
    """
    before, _here, after = page.partition(HERE)
    yield before
    outcome: str | Promise
    url, done = reverse("admin:practices_practice_import_job", args=[job.pk]), False
    try:
        for share in progress.told(lambda tell: jobs.finish(job, tell)):
            yield _piece(language, percent=int(100 * share), outcome="")
    except jobs.OutOfTurn:
        outcome = gettext_lazy("Nothing was written: this import was moved on in another window.")
    except Overtaken:
        outcome = gettext_lazy(
            "Somebody changed the catalogue meanwhile. Nothing was written: look at the new comparison."
        )
    except Exception:
        logger.exception("An import could not be written: %s", job.pk)
        outcome = gettext_lazy("Nothing was written: the writing was stopped. Try again in a moment.")
    else:
        done = True
        sentence = ngettext_lazy("%(count)d practice was written.", "%(count)d practices were written.", "count")
        outcome = sentence % {"count": job.written}
    yield _piece(language, outcome=outcome, url=url, done=done)
    yield after


def _piece(language, **context):
    with translation.override(language):
        return render_to_string(SHARE, context)


class ImportPages:
    """The pages of imports and exports, hung on the admin of practices."""

    def __init__(self, admin):
        self.admin = admin

    def urls(self):
        """Their addresses."""
        wrap = self.admin.admin_site.admin_view
        name = "practices_practice_import"
        return [
            path("importer/", wrap(self.begin), name=name),
            path("importer/<int:pk>/", wrap(self.show), name=f"{name}_job"),
            path("importer/<int:pk>/colonnes/", wrap(self.columns), name=f"{name}_columns"),
            path("importer/<int:pk>/mots/", wrap(self.words), name=f"{name}_words"),
            path("importer/<int:pk>/avancer/", wrap(require_POST(self.advance)), name=f"{name}_advance"),
            path("importer/<int:pk>/ecrire/", wrap(require_POST(self.write)), name=f"{name}_write"),
            path("importer/<int:pk>/abandonner/", wrap(require_POST(self.drop)), name=f"{name}_drop"),
            path("exporter.<str:extension>", wrap(self.export), name="practices_practice_export"),
        ]

    def begin(self, request):
        """Take a file; show the imports that wait."""
        self._check(request)
        form = FileForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = jobs.start(file.name, file.read(), form.cleaned_data["encoding"], request.user)
            except Unreadable as error:
                form.add_error("file", error.problem.told)
            else:
                return redirect("admin:practices_practice_import_columns", job.pk)
        waiting = ImportJob.objects.filter(by=request.user).exclude(stage=Stage.WRITTEN).defer("survey", "new")
        limits = {"rows": f"{MOST_ROWS:,}".replace(",", "\u202f"), "megabytes": MOST_BYTES >> 20}
        return self._page(request, "begin", None, form=form, waiting=waiting, limits=limits)

    def columns(self, request, pk):
        """Say which column holds what."""
        job = self._job(request, pk)
        form = ColumnsForm(request.POST or None, job)
        if form.is_valid():
            jobs.choose(job, form.mapping)
            return self._on(job)
        required = [one.heading for one in columns().values() if one.required]
        return self._page(request, "columns", job, form=form, required=required)

    def words(self, request, pk):
        """Say what unknown words mean."""
        job = self._job(request, pk)
        if job.stage != Stage.TERMS:
            return self._on(job)
        form = WordsForm(request.POST or None, job, request.user)
        if form.is_valid():
            decided = form.decisions()
            if decided:
                jobs.decide(job, decided)
            elif "_skip" in request.POST:
                jobs.skip_terms(job)
            return self._on(job)
        return self._page(request, "words", job, form=form)

    def show(self, request, pk):
        """Where an import stands: comparing, compared, written."""
        job = self._job(request, pk, done=True)
        if job.stage in (Stage.COLUMNS, Stage.TERMS):
            return self._on(job)
        if job.stage != Stage.READY:
            return self._page(request, "written" if job.stage == Stage.WRITTEN else "checking", job)
        counts = jobs.counts(job)
        problems, count = jobs.problems(job, PROBLEMS)
        states = {NEW: _("New practices"), CHANGED: _("Changed practices"), SAME: _("Unchanged practices")}
        state = request.GET.get("voir", "")
        if state not in states:
            state = CHANGED if counts[CHANGED] else NEW if counts[NEW] else SAME
        number = request.GET.get("page", "1")
        number = min(max(int(number), 1), 10_000) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        results = jobs.page_of(job, state, (number - 1) * ON_A_PAGE, ON_A_PAGE)
        changes = jobs.comparison_of(job).changes(results)
        return self._page(
            request,
            "compared",
            job,
            problems=problems,
            problem_count=count,
            states=[(one, label, counts[one], one == state) for one, label in states.items()],
            state=state,
            results=[(one, changes.get(one.row, ())) for one in results],
            page=number,
            pages=-(-counts[state] // ON_A_PAGE),
            to_make=jobs.to_make(job),
            to_write=0 if count else counts[NEW] + counts[CHANGED],
        )

    def advance(self, request, pk):
        """Compare some more rows; a script is told how far it is."""
        job = self._job(request, pk)
        share = jobs.advance(job)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"share": share, "done": job.stage != Stage.CHECKING})
        return self._on(job)

    def write(self, request, pk):
        """Write everything, or nothing."""
        job = self._job(request, pk, done=True)
        if any(not request.user.has_perm(one) for one in EDITS):
            raise PermissionDenied
        if job.stage != Stage.READY:
            return self._on(job)
        page = self._page(request, "writing", job, shares=HERE).render().content.decode()
        response = StreamingHttpResponse(_streamed(page, job, translation.get_language()))
        # Neither Django nor a proxy keeps the pieces to make larger ones.
        response.headers["Content-Encoding"] = "identity"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def drop(self, request, pk):
        """Forget an import."""
        self._job(request, pk, done=True).delete()
        self.admin.message_user(request, _("The import was dropped; nothing was written."), messages.INFO)
        return redirect("admin:practices_practice_import")

    def export(self, request, extension):
        """The list as it is filtered and sorted, in a file that can be imported again."""
        if not self.admin.has_view_permission(request) or extension not in ("csv", "xlsx"):
            raise PermissionDenied
        listed = self.admin.get_changelist_instance(request).get_queryset(request)
        return respond(listed.values_list("pk", flat=True), extension)

    def _check(self, request):
        if not may_import(request.user):
            raise PermissionDenied

    def _job(self, request, pk, done=False):
        """The import of the person who asks; one that is written is over."""
        self._check(request)
        jobs_left = ImportJob.objects.filter(by=request.user)
        return get_object_or_404(jobs_left if done else jobs_left.exclude(stage=Stage.WRITTEN), pk=pk)

    def _on(self, job):
        place = {Stage.COLUMNS: "_columns", Stage.TERMS: "_words"}.get(job.stage, "_job")
        return redirect(f"admin:practices_practice_import{place}", job.pk)

    def _page(self, request, name, job, **context):
        steps = [
            (_("File"), "begin"),
            (_("Columns"), "columns"),
            (_("Words"), "words"),
            (_("Comparison"), "compared"),
            (_("Writing"), "written"),
        ]
        at = [step for _label, step in steps].index({"checking": "compared", "writing": "written"}.get(name, name))
        return TemplateResponse(
            request,
            f"admin/practices/imports/{name}.html",
            {
                **self.admin.admin_site.each_context(request),
                "title": _("Import practices"),
                "subtitle": job.name if job else "",
                "opts": self.admin.opts,
                "job": job,
                "steps": [(label, "now" if place == at else "") for place, (label, _step) in enumerate(steps)],
                **context,
            },
        )


def may_import(user):
    """Whether a person may import: whoever adds and changes everybody’s practices; a contributor does not."""
    return all(user.has_perm(one) for one in EDITS)
