"""How complete a practice is, and what would make it more useful; what publication demands is in `workflow`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from content.languages import column, other_languages, translated_fields


@dataclass(frozen=True)
class Completeness:
    """A share of what a practice can tell, from 0 to 100, and the advice that would raise it, the weightiest first."""

    percent: int
    advice: list[str | Promise]


CHECKS = (
    (3, lambda one: one.themes.all(), _("Choose a theme.")),
    (3, lambda one: one.sectors.all(), _("Choose a sector.")),
    (3, lambda one: one.response, _("Tell what was done (response).")),
    (2, lambda one: one.results, _("Tell what changed (results).")),
    (2, lambda one: one.transfer, _("Tell what others can take from it.")),
    (2, lambda one: one.countries.all(), _("Say in which country.")),
    (2, lambda one: any(link.is_source for link in one.links.all()), _("Name a source.")),
    (1, lambda one: one.context, _("Tell the context: which need, which place.")),
    (1, lambda one: one.means, _("Tell the means: people, money, partners.")),
    (1, lambda one: one.organisations.all(), _("Name the organisation.")),
    (1, lambda one: one.start_year, _("Give the year it started.")),
    (1, lambda one: one.key_figures.all(), _("Give a key figure.")),
    (1, lambda one: one.audiences.all(), _("Say whom it serves.")),
    (1, lambda one: one.cover, _("Show it: add a picture.")),
    (1, lambda one: one.documents.all(), _("Attach a document, such as a report or a guide.")),
    (1, lambda one: one.website or one.contact, _("Give a website or a public contact.")),
)


def completeness(practice):
    """Measure a saved practice; a query for each relation that is not prefetched."""
    met = [(weight, bool(check(practice)), advice) for weight, check, advice in CHECKS]
    total = sum(weight for weight, _met, _advice in met)
    return Completeness(
        percent=round(100 * sum(weight for weight, done, _advice in met if done) / total),
        advice=[advice for _weight, done, advice in met if not done],
    )


@dataclass(frozen=True)
class Translation:
    """How much of a practice exists in a language: of `total` texts written in the first one, `done`."""

    language: str
    done: int
    total: int


def translations_of(practice):
    """How far each translation of a saved practice has come, its figures, documents and links included."""
    parts = [practice, *practice.key_figures.all(), *practice.documents.all(), *practice.links.all()]
    written = [(one, name) for one in parts for name in translated_fields(type(one)) if getattr(one, column(name))]
    return [
        Translation(code, sum(bool(getattr(one, column(name, code))) for one, name in written), len(written))
        for code in other_languages()
    ]
