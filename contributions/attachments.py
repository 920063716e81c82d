"""What becomes of a file joined to a proposal: taken or refused, shown to who may see it, published, erased.

What is accepted, and how a picture is drawn anew, is in `content.media`. A file is stored before its row is written
and erased after its row is gone, so that no row ever lacks its file; what a machine that stops leaves behind goes with
`sweep`.
"""

import logging
from contextlib import ExitStack
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import FileResponse
from django.utils.translation import gettext as _

from content.media import documents, images, renditions
from content.media.sandbox import STRANGER
from content.media.serving import headers_of
from content.media.uploads import limit, new_folder, store, weight
from contributions.models import ProposalFile
from contributions.models.files import Slot
from contributions.storage import Door, private_storage
from practices.editorial import unused_files

logger = logging.getLogger(__name__)


def take(proposal, slot, upload, sizes):
    """Check a file and store it; return its row, which `put` saves with the words of its step.

    `sizes` are the bytes of the files that the proposal has, by slot; this one is added to them. Raises
    ValidationError, which says why not.
    """
    if upload.size <= limit():
        _check_room(proposal, {**sizes, slot: upload.size})
    row = ProposalFile(proposal=proposal, slot=slot, called=PurePath(upload.name).name[-200:])
    if slot == Slot.COVER:
        row.file = images.store_picture(upload, private_storage(), STRANGER, images.MOST_OF_STRANGERS)
    else:
        row.file = documents.store_document(upload, private_storage(), STRANGER)
    row.size = sizes[slot] = sum(private_storage().size(name) for name in row.names)
    return row


def _check_room(proposal, sizes):
    """Refuse what would be too much for one proposal, or for all those whose address nobody has confirmed."""
    together = sum(sizes.values())
    if together > settings.PROPOSAL_FILES_MB * 1_000_000:
        sentence = _(
            "The files of one proposal weigh %(most)s at most together; with this one, they would weigh %(weight)s."
        )
        most = weight(settings.PROPOSAL_FILES_MB * 1_000_000)
        raise ValidationError(sentence % {"most": most, "weight": weight(together)})
    if proposal.confirmed_at:
        return
    others = ProposalFile.objects.filter(proposal__confirmed_at=None).exclude(proposal=proposal)
    held = others.aggregate(total=Sum("size"))["total"] or 0
    if held + together > settings.PROPOSAL_UNCONFIRMED_MB * 1_000_000:
        raise ValidationError(
            _(
                "We hold many files at the moment from people whose address is not confirmed. Press “Keep it for "
                "later”, open the link that you will receive, then join this file."
            )
        )


def put(proposal, values):
    """Name in rows what was taken, in the place of what there was; `values` are rows, or False for what goes away.

    Where the proposal has been sent meanwhile, what was taken is erased.
    """
    taken = [value for value in values.values() if value and value.pk is None]
    if not proposal.is_written:
        for row in taken:
            forget(ProposalFile, row)
        return
    gone = [slot for slot, value in values.items() if value is False]
    proposal.files.filter(slot__in=[*gone, *(row.slot for row in taken)]).delete()
    ProposalFile.objects.bulk_create(taken)


def files_of(proposal, route, key):
    """The files of a proposal as {slot: row}, each with its address behind a link."""
    return {row.slot: show_behind(row, route, key) for row in proposal.files.all()}


def show_behind(row, route, key):
    """Give a row the addresses by which whoever holds a link sees its files."""
    row.file.storage = Door(row, route, key)
    return row


def response(proposal, slot, name):
    """One file of a proposal for who may see it, under the headers of any stored file but kept by no cache; or None."""
    row = proposal.files.filter(slot=slot).first()
    stored = row and row.parts.get(name)
    if not stored:
        return None
    try:
        file = private_storage().open(stored)
    except FileNotFoundError:
        return None
    headers = headers_of(stored)
    del headers["Cache-Control"]
    saved = "attachment" in headers.get("Content-Disposition", "")
    # The name is told: FileResponse would tell that of the file, by which it could be guessed where it is.
    return FileResponse(file, as_attachment=saved, filename=name, headers=headers)


def publish(row):
    """Copy a file among those of the public, under a name that nobody has seen; return that name."""
    kind = renditions.FOLDER if row.picture else documents.FOLDER
    folder = new_folder(kind)
    with ExitStack() as opened:
        if row.picture:
            names = {f"{folder}/{told}": stored for told, stored in row.parts.items()}
        else:
            names = {f"{folder}.{row.kind}": row.file.name}
        store({name: opened.enter_context(private_storage().open(stored)) for name, stored in names.items()})
    return list(names)[-1]


def forget(sender, instance, **_kwargs):
    """Erase the files of a row that is deleted, whatever deletes it, once it is sure to be."""
    names = instance.names
    transaction.on_commit(lambda: _erase(names))


def _erase(names):
    try:
        unused_files.erase(private_storage(), names)
    except OSError as problem:  # `sweep` will find them
        logger.error("The file of a proposal could not be erased: %s", problem)


def sweep(now, dry_run):
    """Erase the files that no proposal names, a day after they came; return {what was done: how many}."""
    left = unused_files.sweep(
        private_storage(), lambda: ProposalFile.objects.values_list("file", flat=True), now, dry_run
    )
    return {_("Files of proposals that nothing names any more, erased"): left}
