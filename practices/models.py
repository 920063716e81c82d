"""Owns the catalogue's data: practices, their five vocabularies, fields, constraints and addresses.

Reads are in `querysets`, what can be filtered is in `filters`. Longer than other modules: the whole domain reads best
on one page.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from practices.documents import KINDS, language_name
from practices.fields import RichTextField, SortKeyField, TitleField, WebAddressField
from practices.importing.store import ImportChunk, ImportJob  # noqa: F401  models that live with what they are for
from practices.languages import column
from practices.linkcheck import LinkCheck  # noqa: F401  a model that lives with what it is for
from practices.pictures import Picture
from practices.querysets import (
    DocumentQuerySet,
    KeyFigureQuerySet,
    LinkQuerySet,
    OrganisationQuerySet,
    PracticeQuerySet,
    TermQuerySet,
)
from practices.readership import DailyCount, Unanswered  # noqa: F401  models that live with what they are for
from practices.slugs import free_slug, validate_not_reserved
from practices.uploads import weight
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


class FormerAddress(models.Model):
    """A slug that a page had: it names the row, not another address, so that it can neither chain nor loop."""

    model = models.CharField(max_length=20)
    slug = models.SlugField(max_length=120)
    target = models.BigIntegerField()
    merged = models.BigIntegerField(null=True, help_text="The row that was merged into the target, where one was.")

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [models.UniqueConstraint(fields=["model", "slug"], name="formeraddress_unique")]

    def __str__(self):
        return f"{self.model}: {self.slug}"


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
    # The name of a stored file, given by `imaging`; the words around it are empty where it is.
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
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="practice_published_has_date",
                violation_error_message=_("A published practice has a publication date."),
            ),
            models.CheckConstraint(
                condition=~Q(**{column("title"): ""}) & Q(**{f"{column('title')}__isnull": False}) & ~Q(slug=""),
                name="practice_has_title_and_address",
            ),
            models.CheckConstraint(
                # What was public once, and is kept as it was.
                condition=Q(archived_at__isnull=True) | Q(status="archived"),
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


class Step(models.Model):
    """One step of a practice through the workflow: who decided what, when, and what they said."""

    # Hidden from the practice's own relations, which are what its public page is made of.
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+", verbose_name=_("practice"))
    transition = models.CharField(_("decision"), max_length=20)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("on"), auto_now_add=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("-at", "-pk")

    def __str__(self):
        return f"{self.transition}: {self.practice_id}"


class ReviewRound(models.Model):
    """A round of reading the catalogue again: the practices that nobody had looked at since a day."""

    started_at = models.DateTimeField(_("started on"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    before = models.DateField()
    due = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        ordering = ("-started_at",)

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d}"


class Revision(models.Model):
    """A practice as it was saved once, whole: fields, terms, figures and links; it outlives the practice."""

    practice = models.BigIntegerField()
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=10)
    title = models.CharField(pgettext_lazy("of practice", "title"), max_length=200)
    data = models.JSONField()
    edition = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a practice")
        verbose_name_plural = _("versions of practices")
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="revision_number_unique")]

    def __str__(self):
        return f"{self.title} ({self.number})"


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
