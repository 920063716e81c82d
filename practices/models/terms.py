"""The five vocabularies that practices are described with: countries, sectors, themes, kinds, audiences."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.languages import column
from content.slugs import free_slug
from practices.models.querysets import (
    TermQuerySet,
)


class Term(models.Model):
    """One entry of a vocabulary, with a public page of its own."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_(
            "The word used in web addresses; made from the name when left empty. When it changes, the old address "
            "leads to the new one."
        ),
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Shown at the top of the term’s page."))
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Terms of the same order are sorted by name.")
    )

    objects = models.Manager.from_queryset(TermQuerySet)()

    class Meta:
        abstract = True
        ordering = ("order", "name")

    def __str__(self):
        return self.name

    def clean(self):
        """Give a new term its address."""
        name = getattr(self, column("name"))
        if name and not self.slug:
            self.slug = free_slug(type(self)._default_manager.all(), name)

    def save(self, *args, **kwargs):
        """Give a new term its address, whether or not a form was used."""
        self.clean()
        super().save(*args, **kwargs)

    def natural_key(self):
        """The slug: what fixtures name a term by."""
        return (self.slug,)

    def get_absolute_url(self):
        """The public page of this term."""
        return reverse(f"practices:{self._meta.model_name}", args=[self.slug])


class Country(Term):
    """A country, with its ISO 3166-1 code."""

    code = models.CharField(
        _("ISO code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters, such as FR."))],
    )

    class Meta(Term.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class Sector(Term):
    """What a practice does: food, textiles, health…"""

    class Meta(Term.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class Theme(Term):
    """The question a practice answers: work integration, disability, responsible procurement…"""

    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class Kind(Term):  # type: ignore[django-manager-missing]
    """What sort of thing a practice is: an initiative, a publication, a network…"""

    class Meta(Term.Meta):
        verbose_name = pgettext_lazy("of practice", "kind")
        verbose_name_plural = pgettext_lazy("of practice", "kinds")


class Audience(Term):
    """Whom a practice serves: young people, artists, local authorities…"""

    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
