"""A practice as it was saved; how versions are made, compared and restored is in `editorial.revisions`."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
