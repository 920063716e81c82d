"""The plain pages: about, legal notice, personal data, accessibility, and others an editor adds."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.fields import RichTextField
from content.richtext import opening
from pages.querysets import PageQuerySet


class Page(models.Model):
    """A page of text at the root of the site, in every language of the interface."""

    title = models.CharField(pgettext_lazy("of page", "title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    body = RichTextField(_("text"))
    updated_at = models.DateTimeField(_("last updated on"), auto_now=True)

    objects = models.Manager.from_queryset(PageQuerySet)()

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
        ordering = ("slug",)

    def __str__(self):
        return self.title

    def natural_key(self):
        """The slug: what fixtures name a page by."""
        return (self.slug,)

    def get_absolute_url(self):
        """The public address of this page."""
        return reverse("pages:page", args=[self.slug])

    @property
    def opening(self):
        """What a search engine may print under the title."""
        return opening(self.body)
