"""A practice and the organisations that carry it: fields, constraints, facts of one row; reads are in `querysets`."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.fields import RichTextField, SortKeyField, TitleField, WebAddressField
from content.languages import column
from content.media.renditions import Picture
from content.slugs import free_slug, validate_not_reserved
from practices.models.publication import Status
from practices.models.querysets import (
    OrganisationQuerySet,
    PracticeQuerySet,
)
from practices.models.terms import Audience, Country, Kind, Sector, Theme

FIRST_YEAR, LAST_YEAR = 1800, 2100
YEAR_VALIDATORS = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


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


class Practice(models.Model):  # type: ignore[django-manager-missing]
    """One good practice: what was done, where, by whom, since when, and what others can take from it."""

    title = TitleField(pgettext_lazy("of practice", "title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        blank=True,
        validators=[validate_not_reserved],
        help_text=_("Made from the title when left empty. When it changes, the old address leads to the new one."),
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
    credit = models.CharField(
        _("proposed by"), max_length=200, blank=True, help_text=_("Named on the page, as the person agreed.")
    )
    # The name of a stored file, given by `images`; the words around it are empty where it is.
    cover = models.FileField(_("picture"), blank=True)
    cover_alt = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("One sentence for those who do not see it, such as: “Three people sort clothes on a long table”."),
    )
    cover_credit = models.CharField(
        _("credit of the picture"),
        max_length=200,
        blank=True,
        help_text=_("Who made it and on what terms; printed under it."),
    )
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related practices"))

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="practices",
        verbose_name=pgettext_lazy("of practice", "author"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        _("published on"), null=True, blank=True, help_text=_("A date to come keeps the practice hidden until then.")
    )
    reviewed_on = models.DateField(_("read again on"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived on"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created on"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last updated on"), auto_now=True)
    title_key = SortKeyField(column("title"))

    objects = models.Manager.from_queryset(PracticeQuerySet)()

    SECTIONS = ("context", "response", "means", "results", "transfer")

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ("-published_at", "-pk")
        permissions = [
            ("edit_any_practice", "Can edit the practices of others"),
            ("submit_practice", "Can submit a practice for review, and withdraw it"),
            ("review_practice", "Can send a practice back to its author"),
            ("publish_practice", "Can publish a practice, and take it back"),
            ("archive_practice", "Can archive a practice, and reopen it"),
        ]
        indexes = [models.Index(fields=["status", "published_at"], name="practice_public")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="practice_status_known"),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(published_at__isnull=False),
                name="practice_published_has_date",
                violation_error_message=_("A published practice has a publication date."),
            ),
            models.CheckConstraint(
                condition=~Q(**{column("title"): ""}) & Q(**{f"{column('title')}__isnull": False}) & ~Q(slug=""),
                name="practice_has_title_and_address",
            ),
            models.CheckConstraint(
                # What was public once, and is kept as it was.
                condition=Q(archived_at__isnull=True) | Q(status=Status.ARCHIVED),
                name="practice_archived_has_date_alone",
            ),
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
        title = getattr(self, column("title"))
        if title and not self.slug:
            self.slug = free_slug(Practice.objects.all(), title)
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
    def read_again_on(self):
        """The day somebody found it accurate still, where that is later than its publication; else None."""
        published_on = timezone.localdate(self.published_at) if self.published_at else None
        return self.reviewed_on if published_on and self.reviewed_on and self.reviewed_on > published_on else None

    @property
    def picture(self):
        """The cover as pages print it, or None."""
        return Picture.named(self.cover.name, self.cover_alt, self.cover_credit, self.cover.storage)

    @property
    def publication_to_come(self):
        """The date of publication while it is in the future, else None."""
        return self.published_at if self.published_at and self.published_at > timezone.now() else None

    @property
    def is_public(self):
        """Whether everybody may see it: what `publication.public` asks of the database, asked of this row."""
        return self.status == Status.PUBLISHED and not self.publication_to_come

    @property
    def is_scheduled(self):
        """Whether it is approved, and embargoed still."""
        return self.status == Status.PUBLISHED and self.publication_to_come is not None

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
