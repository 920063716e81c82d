"""What hangs on a practice and is printed with it: key figures, links and sources, documents."""

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from content.fields import WebAddressField
from content.languages import column
from content.media.documents import KINDS, language_name
from content.media.uploads import weight
from practices.models.practices import YEAR_VALIDATORS, Practice
from practices.models.querysets import (
    DocumentQuerySet,
    KeyFigureQuerySet,
    LinkQuerySet,
)


class KeyFigure(models.Model):
    """A figure that tells the size of a practice, attributed when it is a source’s word."""

    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="key_figures", verbose_name=_("practice")
    )
    value = models.CharField(_("value"), max_length=40, help_text=_("As printed: 12,045, 87%, €2.5 million…"))
    label = models.CharField(_("label"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    according_to_source = models.BooleanField(_("according to the source"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = models.Manager.from_queryset(KeyFigureQuerySet)()

    class Meta:
        verbose_name = _("key figure")
        verbose_name_plural = _("key figures")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["practice", column("label")], name="keyfigure_label_unique")]

    def __str__(self):
        return f"{self.value} {self.label}"

    def natural_key(self):
        """The practice and the label: what fixtures name a figure by."""
        return (*self.practice.natural_key(), getattr(self, column("label")))


class Link(models.Model):
    """A source of what a practice’s page says, or a place to read more."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="links", verbose_name=_("practice"))
    title = models.CharField(_("title"), max_length=200)
    url = WebAddressField(_("web address"))
    is_source = models.BooleanField(_("source"), default=True, help_text=_("This page was written from it."))
    language = models.CharField(_("language"), max_length=8, blank=True, help_text=_("Language code: fr, en, es…"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = models.Manager.from_queryset(LinkQuerySet)()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links and sources")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["practice", "url"], name="link_url_unique")]

    def __str__(self):
        return self.title

    def natural_key(self):
        """The practice and the address: what fixtures name a link by."""
        return (*self.practice.natural_key(), self.url)


class Document(models.Model):
    """A document to take away: a report, a guide, a table."""

    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="documents", verbose_name=_("practice")
    )
    title = models.CharField(_("title"), max_length=200)
    # The name of a stored file, given by `documents.store_document`; its extension is its kind.
    file = models.FileField(_("file"))
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = models.Manager.from_queryset(DocumentQuerySet)()

    class Meta:
        verbose_name = pgettext_lazy("of practice", "document")
        verbose_name_plural = _("documents")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["practice", "file"], name="document_file_unique")]

    def __str__(self):
        return self.title

    def natural_key(self):
        """The practice and the file: what fixtures name a document by."""
        return (*self.practice.natural_key(), self.file.name)

    @property
    def kind(self):
        """Its kind, one of `documents.KINDS`."""
        return self.file.name.rpartition(".")[2]

    @property
    def media_type(self):
        """Its media type."""
        return KINDS.get(self.kind, "")

    @property
    def about(self):
        """What one wants to know before taking it: "PDF, 1,2 Mo, en anglais"."""
        told = [self.kind.upper(), weight(self.size)]
        if self.language:
            told.append(gettext("in %(language)s") % {"language": language_name(self.language)})
        return ", ".join(told)
