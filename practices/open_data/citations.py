"""How a practice is cited: a sentence, and the files that citation managers read (BibTeX, RIS)."""

import re

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from content.languages import told_in
from content.templatetags.site import long_date
from practices.decorators import open_data, public_page
from practices.models import Practice

SPECIAL = re.compile(r"([&%$#_{}])|(\\)|(~)|(\^)")


def citation(practice):
    """Return a sentence to copy: title, catalogue, date of the last update, address."""
    return _("“%(title)s”, %(site)s, updated on %(date)s, %(url)s") % {
        "title": practice.title,
        "site": settings.SITE_NAME,
        "date": long_date(practice.updated_at),
        "url": _url(practice),
    }


def bibtex(practice):
    """Return an entry of BibTeX, in UTF-8."""
    updated = timezone.localdate(practice.updated_at)
    fields = {
        "title": f"{{{_tex(practice.title)}}}",
        "author": " and ".join(f"{{{_tex(one)}}}" for one in _authors(practice)),
        "howpublished": _tex(settings.SITE_NAME),
        "year": str(updated.year),
        "date": updated.isoformat(),
        "url": _url(practice),
        "language": told_in(practice, "title"),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{practice.slug},\n{lines}}}\n"


def ris(practice):
    """Return a record of RIS (Research Information Systems, 2011)."""
    updated = timezone.localdate(practice.updated_at)
    pairs = [
        ("TY", "ELEC"),
        *(("AU", one) for one in _authors(practice)),
        ("TI", practice.title),
        ("T2", settings.SITE_NAME),
        ("AB", practice.teaser),
        ("PY", str(updated.year)),
        ("DA", f"{updated:%Y/%m/%d}"),
        ("LA", told_in(practice, "title")),
        ("UR", _url(practice)),
        *(("KW", term.name) for term in practice.themes.all()),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in pairs]
    return "\r\n".join([*lines, "ER  - ", ""])


FORMATS = {"bib": (bibtex, "application/x-bibtex"), "ris": (ris, "application/x-research-info-systems")}


@public_page
@open_data
def citation_file(request, slug, extension):
    """The citation of one practice that has a page, in one of FORMATS."""
    write, content_type = FORMATS[extension]
    practice = get_object_or_404(Practice.objects.readable().for_page(), slug=slug)
    response = HttpResponse(write(practice), content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.{extension}"'
    return response


def _authors(practice):
    """Who carries the practice, else the catalogue."""
    return [one.name for one in practice.organisations.all()] or [settings.SITE_NAME]


def _url(practice):
    return f"{settings.SITE_URL}{practice.get_absolute_url()}"


def _tex(text):
    """`text` with what TeX would take for a command written as itself."""
    words = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return SPECIAL.sub(lambda match: words.get(match[0], rf"\{match[0]}"), text)
