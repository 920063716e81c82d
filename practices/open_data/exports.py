"""A list as a file to take away: CSV, XLSX and JSON, row by row, so that memory does not grow with the list.

What a row holds is in `records`, how a file is written in `formats`; the columns follow the facets. The address takes
the listing's parameters.
"""

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import condition

from operations import throttling
from practices.decorators import open_data, public_page, version_etag
from practices.filters import indexed
from practices.models import Practice
from practices.open_data.formats import FORMATS, Column
from practices.presentation.metadata import listing_title
from practices.presentation.records import BATCH, figure_line, read
from practices.shortlist import Shortlist


class Export:
    """A filtered list, ready to be written; its words are in the language that was active when it was made."""

    def __init__(self, filterset):
        self.filterset = filterset
        # A file is streamed once the page that made it is over, and with it the language of its address.
        self.language = translation.get_language()
        self.made_at = timezone.localtime()
        self.pks = self.listed()

    def listed(self):
        """The primary keys of the practices, in order."""
        found = self.filterset.results
        return found[: len(found)] if len(found) else []

    def records(self):
        """Yield the records in batches, each read in the language of the export: a server may iterate elsewhere."""
        for start in range(0, len(self.pks), BATCH):
            with translation.override(self.language):
                batch = read(self.filterset, self.pks[start : start + BATCH])
            yield batch

    @cached_property
    def columns(self):
        """The columns of a table, the facets where they are declared."""
        with translation.override(self.language):
            return self._columns()

    def _columns(self):
        word = {field.name: capfirst(str(field.verbose_name)) for field in Practice._meta.fields}
        return [
            Column(word["title"], lambda one: one["title"], 50),
            Column(_("Web address"), lambda one: one["url"], 40),
            Column(word["teaser"], lambda one: one["teaser"], 60),
            *(Column(str(facet.label), _labels(facet.param)) for facet in self.filterset.facets),
            Column(word["end_year"], lambda one: one["end_year"], 10),
            Column(word["years_note"], lambda one: one["years_note"]),
            Column(_("Organisations"), lambda one: _joined(each["name"] for each in one["organisations"]), 30),
            Column(word["place"], lambda one: one["place"]),
            Column(word["website"], lambda one: one["website"]),
            Column(word["contact"], lambda one: one["contact"]),
            Column(_("Key figures"), lambda one: _joined(map(figure_line, one["key_figures"])), 40),
            *(Column(word[name], _section(name), 60) for name in Practice.SECTIONS),
            Column(_("Sources and links"), lambda one: _joined(each["url"] for each in one["links"]), 40),
            Column(_("Picture"), lambda one: one["picture"]["url"] if one["picture"] else "", 40),
            Column(_("Documents"), lambda one: _joined(each["url"] for each in one["documents"]), 40),
            Column(word["published_at"], lambda one: _day(one["published_at"]), 12),
            Column(word["updated_at"], lambda one: _day(one["updated_at"]), 12),
        ]

    @cached_property
    def about(self):
        """What a reader of the file must know, as {question: answer}: from where, when, which list, on what terms."""
        with translation.override(self.language):
            return self._about()

    def _about(self):
        count = len(self.pks)
        return {
            _("Source"): settings.SITE_NAME,
            **self.origin,
            _("Practices"): ngettext("%(count)d practice, all of them", "%(count)d practices, all of them", count)
            % {"count": count},
            _("Exported on"): self.made_at.isoformat(timespec="minutes"),
            _("Terms of reuse"): licence(),
            **({_("Left out"): " ".join(self.notices)} if self.notices else {}),
        }

    @property
    def origin(self):
        """Which list it is, its address and its filters."""
        chosen = {
            str(facet.label): ", ".join(facet.labels[value] for value in facet.chosen)
            for facet in self.filterset.facets
            if facet.chosen
        }
        selection = self.filterset.selection
        if selection.search:
            chosen = {_("Search"): selection.search, **chosen}
        colon = pgettext("between a facet and its value", ": ")
        return {
            _("List"): listing_title(self.filterset),
            _("Web address"): f"{settings.SITE_URL}{reverse('practices:listing')}{selection.query()}",
            _("Filters"): " · ".join(f"{name}{colon}{value}" for name, value in chosen.items()) or _("none"),
        }

    @property
    def notices(self):
        """Sentences that say what in the address was left out."""
        return self.filterset.notices


class ShortlistExport(Export):
    """A selection that a visitor keeps, ready to be written."""

    def __init__(self, shortlist):
        self.shortlist = shortlist
        super().__init__(shortlist.filterset)

    def listed(self):
        """The primary keys of the practices, in order."""
        return self.shortlist.pks

    @property
    def origin(self):
        """That it is a selection, and its address."""
        return {
            _("List"): _("My selection"),
            _("Web address"): f"{settings.SITE_URL}{reverse('practices:shortlist')}{self.shortlist.query}",
        }

    @property
    def notices(self):
        """Sentences that say what in the address was left out."""
        return self.shortlist.notices


def licence():
    """On what terms the texts may be reused: the publisher's setting, else the page that says it."""
    if settings.CONTENT_LICENCE:
        return f"{settings.CONTENT_LICENCE} {settings.CONTENT_LICENCE_URL}".strip()
    return _("see %(url)s") % {"url": f"{settings.SITE_URL}/mentions-legales/"}


def _joined(values):
    return " | ".join(values)


def _labels(param):
    return lambda one: _joined(each["label"] for each in one["facets"][param])


def _section(name):
    return lambda one: strip_tags(one["sections"][name].replace("</p>", "</p>\n").replace("</li>", "</li>\n")).strip()


def _day(moment):
    return timezone.localtime(moment).date().isoformat()


@public_page
@open_data
@condition(etag_func=version_etag)
def export(request, extension):
    """The list that a visitor asked for, in one of FORMATS."""
    return _answer(request, Export(indexed(request.GET)), extension)


@public_page
@open_data
@condition(etag_func=version_etag)
def shortlist_export(request, extension):
    """The selection of an address, in one of FORMATS."""
    return _answer(request, ShortlistExport(Shortlist(request.GET)), extension)


def _answer(request, asked, extension):
    write, content_type = FORMATS[extension]
    body = () if request.method == "HEAD" else write(asked)
    # A list of one batch is written before anyone notices.
    if body and len(asked.pks) > BATCH:
        give_back = throttling.take()
        if give_back is None:
            return throttling.refuse(request)
        body = throttling.Held(body, give_back)
    response = (StreamingHttpResponse if body else HttpResponse)(body, content_type=content_type)
    name = f"bonnes-pratiques-{asked.made_at:%Y-%m-%d}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
