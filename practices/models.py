"""Owns the catalogue's data: practices, their five vocabularies, fields, constraints and addresses.

Reads are in `querysets`, what can be filtered is in `filters`. Longer than other modules: the whole domain reads best
on one page.
"""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from practices.fields import RichTextField, SortKeyField, WebAddressField
from practices.querysets import (
    KeyFigureQuerySet,
    LinkQuerySet,
    OrganisationQuerySet,
    PracticeQuerySet,
    TermQuerySet,
)
from practices.slugs import free_slug, validate_not_reserved
from practices.version import Change, Version  # noqa: F401  models that live with what they are for

FIRST_YEAR, LAST_YEAR = 1800, 2100
YEAR_VALIDATORS = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


class Term(models.Model):
    """One entry of a vocabulary, with a public page of its own."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_("The word used in web addresses; made from the name when left empty."),
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Shown at the top of the term’s page."))
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Terms of the same order are sorted by name.")
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("order", "name")

    def __str__(self):
        return self.name

    def clean(self):
        """Give a new term its address."""
        if self.name and not self.slug:
            self.slug = free_slug(type(self)._default_manager.all(), self.name)

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


class Kind(Term):
    """What sort of thing a practice is: an initiative, a publication, a network…"""

    class Meta(Term.Meta):
        verbose_name = pgettext_lazy("of practice", "kind")
        verbose_name_plural = pgettext_lazy("of practice", "kinds")


class Audience(Term):
    """Whom a practice serves: young people, artists, local authorities…"""

    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class Organisation(models.Model):
    """Who carries a practice."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    website = WebAddressField(_("website"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)

    def __str__(self):
        return self.name

    def natural_key(self):
        """The name: what fixtures name an organisation by."""
        return (self.name,)


class Status(models.TextChoices):
    """Where a practice stands on its way to the public."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Practice(models.Model):
    """One good practice: what was done, where, by whom, since when, and what others can take from it."""

    title = models.CharField(pgettext_lazy("of practice", "title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        blank=True,
        validators=[validate_not_reserved],
        help_text=_("Made from the title when left empty; it does not change once the practice is published."),
    )
    teaser = models.TextField(
        _("teaser"), max_length=600, help_text=_("Two or three sentences that make one want to read on.")
    )
    kind = models.ForeignKey(
        Kind, on_delete=models.PROTECT, related_name="practices", verbose_name=pgettext_lazy("of practice", "kind")
    )
    countries = models.ManyToManyField(Country, blank=True, related_name="practices", verbose_name=_("countries"))
    sectors = models.ManyToManyField(Sector, blank=True, related_name="practices", verbose_name=_("sectors"))
    themes = models.ManyToManyField(Theme, blank=True, related_name="practices", verbose_name=_("themes"))
    audiences = models.ManyToManyField(Audience, blank=True, related_name="practices", verbose_name=_("audiences"))

    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="practices", verbose_name=_("organisations")
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    website = WebAddressField(_("website"), blank=True)
    contact = models.CharField(_("public contact"), max_length=200, blank=True, help_text=_("Shown to everybody."))
    start_year = models.PositiveSmallIntegerField(_("start year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    end_year = models.PositiveSmallIntegerField(_("end year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    years_note = models.CharField(
        _("note on the years"),
        max_length=200,
        blank=True,
        help_text=_("When sources disagree or give no exact year."),
    )

    context = RichTextField(_("context"), blank=True)
    response = RichTextField(_("response"), blank=True)
    means = RichTextField(_("means"), blank=True)
    results = RichTextField(_("results"), blank=True)
    transfer = RichTextField(_("what can be transferred"), blank=True)
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related practices"))

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        _("published on"), null=True, blank=True, help_text=_("A date to come keeps the practice hidden until then.")
    )
    created_at = models.DateTimeField(_("created on"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last updated on"), auto_now=True)
    title_key = SortKeyField("title")

    objects = PracticeQuerySet.as_manager()

    SECTIONS = ("context", "response", "means", "results", "transfer")

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ("-published_at", "-pk")
        indexes = [models.Index(fields=["status", "published_at"], name="practice_public")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="practice_status_known"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="practice_published_has_date",
                violation_error_message=_("A published practice has a publication date."),
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(slug=""), name="practice_has_title_and_address"),
            models.CheckConstraint(
                condition=Q(start_year__isnull=True) | Q(start_year__range=(FIRST_YEAR, LAST_YEAR)),
                name="practice_start_year_plausible",
            ),
            models.CheckConstraint(
                condition=Q(end_year__isnull=True) | Q(end_year__range=(FIRST_YEAR, LAST_YEAR)),
                name="practice_end_year_plausible",
            ),
            models.CheckConstraint(
                condition=Q(start_year__isnull=True) | Q(end_year__isnull=True) | Q(end_year__gte=F("start_year")),
                name="practice_ends_after_it_starts",
                violation_error_message=_("A practice cannot end before it starts."),
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        """Complete what an editor may leave empty, before the constraints are checked."""
        if self.title and not self.slug:
            self.slug = free_slug(Practice.objects.all(), self.title)
        if self.status == Status.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()

    def save(self, *args, **kwargs):
        """Give a new practice its address and a published one its date, whether or not a form was used."""
        self.clean()
        super().save(*args, **kwargs)

    def natural_key(self):
        """The slug: what fixtures name a practice by."""
        return (self.slug,)

    def get_absolute_url(self):
        """The public page of this practice."""
        return reverse("practices:practice", args=[self.slug])

    @property
    def sections(self):
        """The sections that have a text, as (field name, label, HTML), in reading order."""
        return [
            (name, self._meta.get_field(name).verbose_name, getattr(self, name))
            for name in self.SECTIONS
            if getattr(self, name)
        ]


for through in (Practice.countries, Practice.sectors, Practice.themes, Practice.audiences):
    # A many-to-many row protects its term as the foreign key to the kind does; Django offers no field option for it.
    through.through._meta.get_field(through.field.m2m_reverse_field_name()).remote_field.on_delete = models.PROTECT


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

    objects = KeyFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("key figure")
        verbose_name_plural = _("key figures")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["practice", "label"], name="keyfigure_label_unique")]

    def __str__(self):
        return f"{self.value} {self.label}"

    def natural_key(self):
        """The practice and the label: what fixtures name a figure by."""
        return (*self.practice.natural_key(), self.label)


class Link(models.Model):
    """A source of what a practice’s page says, or a place to read more."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="links", verbose_name=_("practice"))
    title = models.CharField(_("title"), max_length=200)
    url = WebAddressField(_("web address"))
    is_source = models.BooleanField(_("source"), default=True, help_text=_("This page was written from it."))
    language = models.CharField(_("language"), max_length=8, blank=True, help_text=_("Language code: fr, en, es…"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = LinkQuerySet.as_manager()

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
