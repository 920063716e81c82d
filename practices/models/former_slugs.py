"""The slugs that pages had before; how they are remembered and answered is in `practices.former_slugs`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
