"""Which files go with a proposal, at most one in each of its places; what becomes of them is in `attachments`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.media.renditions import Picture
from content.media.uploads import weight
from contributions.models.proposals import Proposal
from contributions.storage import private_storage


class Slot(models.TextChoices):
    """The places for files: a question of the step each."""

    COVER = "cover", _("Picture")
    FIRST = "document_1", _("First document")
    SECOND = "document_2", _("Second document")
    THIRD = "document_3", _("Third document")


DOCUMENTS = tuple(slot for slot in Slot if slot != Slot.COVER)


class ProposalFile(models.Model):
    """A file that somebody joined to a proposal; it leaves with its row, or becomes part of the practice."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="files")
    slot = models.CharField(_("place"), max_length=10, choices=Slot)
    # The name of a stored file, given by `images` or `documents`; whoever may see it learns another.
    file = models.FileField(_("file"), storage=private_storage)
    called = models.CharField(_("name it was sent under"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a proposal")
        verbose_name_plural = _("files of proposals")
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=["proposal", "slot"], name="proposal_file_once_a_place"),
            models.CheckConstraint(condition=Q(slot__in=Slot.values), name="proposal_file_place_known"),
        ]

    def __str__(self):
        return self.called if self.picture else f"{self.called} ({self.kind.upper()}, {weight(self.size)})"

    @property
    def kind(self):
        """The extension of its name."""
        return self.file.name.rpartition(".")[2]

    @property
    def picture(self):
        """The picture as pages print it, or None for a document."""
        return Picture.named(self.file.name, storage=self.file.storage)

    @property
    def names(self):
        """The names of all that is stored for it; the one in the row is last."""
        return self.picture.names if self.picture else [self.file.name]

    @property
    def parts(self):
        """What is stored for it, as {the name that an address tells: the name in the storage}."""
        if self.picture:
            return {name.rpartition("/")[2]: name for name in self.names}
        return {f"{self.slot}.{self.kind}": self.file.name}
