"""What an editor writes to all readers: a letter and the practices it tells, in an order."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.fields import RichTextField, TitleField
from content.richtext import opening
from content.slugs import free_slug
from newsletter.models.querysets import LetterQuerySet
from practices.models import Practice


class LetterState(models.TextChoices):
    """Where a letter stands."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Being sent")
    HELD = "held", _("Late: send it all the same?")
    STOPPED = "stopped", _("Stopped")
    SENT = "sent", pgettext_lazy("of a letter", "Sent")


class Letter(models.Model):
    """One issue of the newsletter."""

    title = TitleField(pgettext_lazy("of letter", "title"), max_length=150)
    slug = models.SlugField(_("address"), max_length=120, unique=True, blank=True)
    introduction = RichTextField(_("introduction"), blank=True)
    closing = RichTextField(_("closing words"), blank=True)
    practices = models.ManyToManyField(Practice, through="LetterPractice", verbose_name=_("practices"))
    state = models.CharField(_("state"), max_length=10, choices=LetterState, default=LetterState.DRAFT)
    send_at = models.DateTimeField(_("to send on"), null=True, blank=True)
    started_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    progress_at = models.DateTimeField(_("last message on"), null=True, blank=True)
    archived = models.BooleanField(
        _("in the public archive"), default=True, help_text=_("Once it is sent, anybody can read it on the site.")
    )
    created_at = models.DateTimeField(_("created on"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last updated on"), auto_now=True)

    objects = models.Manager.from_queryset(LetterQuerySet)()

    class Meta:
        verbose_name = pgettext_lazy("of the newsletter", "letter")
        verbose_name_plural = pgettext_lazy("of the newsletter", "letters")
        ordering = (F("started_at").desc(nulls_first=True), "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_known"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False), name="letter_scheduled_has_date"
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        """Give a new letter its address."""
        if self.title and not self.slug:
            self.slug = free_slug(Letter.objects.all(), self.title)

    def save(self, *args, **kwargs):
        """Give a new letter its address, whether or not a form was used."""
        self.clean()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """The letter's page in the archive."""
        return reverse("newsletter:letter", args=[self.slug])

    @property
    def opening(self):
        """What a search engine may print under the title."""
        return opening(self.introduction)

    @property
    def editable(self):
        """Whether its words may still change: nobody has received them."""
        return self.started_at is None

    @cached_property
    def told(self):
        """The public practices it tells, in order, with what a card prints."""
        public = Practice.objects.published().filter(letterpractice__letter=self).for_cards()
        return list(public.order_by("letterpractice__position", "letterpractice__pk"))


class LetterPractice(models.Model):
    """A practice in a letter."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, verbose_name=_("letter"))
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, verbose_name=_("practice"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("practice of the letter")
        verbose_name_plural = _("practices of the letter")
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["letter", "practice"], name="letterpractice_once")]

    def __str__(self):
        return f"{self.position}. {self.practice_id}"
