"""What every file sent to the site meets: a limit while it arrives, a name made by us, a place in the storage.

A file is read by a process of its own (see `sandbox`) before any transaction begins. It is in the storage, whole,
before any row names it: who stops half way leaves a file without a row, which `practices.editorial.unused_files` takes
away, never a row without its file. What is accepted is in `images` and `documents`.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from content.media import sandbox
from content.media.sandbox_child import Refused

logger = logging.getLogger(__name__)


def limit() -> int:
    """Return the bytes of the largest file that is accepted."""
    return settings.UPLOAD_MAX_MB * 1_000_000


larger: dict[str, int] = {}
"""Bytes that some addresses take beyond the limit, by the name of their view."""


def limit_of(request: HttpRequest | None) -> int:
    """Return the bytes of the largest file that the address of a request takes."""
    match = getattr(request, "resolver_match", None)
    return max(limit(), larger.get(match.view_name, 0)) if match else limit()


def weight(count: int) -> str:
    """Return a number of bytes in words, in the decimal units that people know: "1,2 Mo"."""
    if count < 1_000_000:
        return _("%s kB") % number_format(max(1, round(count / 1000)))
    return _("%s MB") % number_format(count / 1_000_000, 1)


class UnkeptFile(UploadedFile):
    """A file that was sent but not kept, too large or without room; a form says why, any other reader gets 400."""

    @property
    def file(self) -> NoReturn:
        """Raise RequestDataTooBig: there is nothing to read."""
        raise RequestDataTooBig("This file was not kept.")

    @file.setter
    def file(self, value: object) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Do nothing: no file is open."""


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes a file to the system's temporary folder, and lets go of one that is too large: the form lives on."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the temporary file, if there is room for one."""
        self.kept = True
        self.limit = limit_of(self.request)
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self._let_go()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the next piece, which begins at the byte `start`, unless the file has been let go of."""
        if not self.kept:
            return
        if start + len(raw_data) > self.limit:
            self._let_go()
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._let_go()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return the file that arrived, of so many bytes, or an `UnkeptFile` in its place."""
        if self.kept:
            return super().file_complete(file_size)
        return UnkeptFile(None, self.file_name, self.content_type, file_size, self.charset)

    def _let_go(self) -> None:
        self.kept = False
        if getattr(self, "file", None):
            self.file.close()


def check_arrived(upload: UploadedFile, accepted: str) -> None:
    """Raise ValidationError for a file that is too large, with `accepted`, or that the machine had no room for."""
    if (size := upload.size or 0) > limit():
        heavy = _("This file weighs %(weight)s.") % {"weight": weight(size)}
        raise ValidationError(f"{heavy} {accepted}")
    if isinstance(upload, UnkeptFile):
        raise ValidationError(no_room())


Refusals = dict[str, str | Promise]
"""The sentence for each word by which a module refuses a file, and for "damaged" and "exhausted"."""


def read(
    module: str,
    upload: UploadedFile,
    arguments: Mapping[str, Any],
    allowance: sandbox.Allowance,
    refusals: Refusals,
    accepted: Callable[[], str],
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what a module makes of a file, as `sandbox.run` does.

    Raises ValidationError: the sentence of `refusals` for what the module refuses, then `accepted`; or that too many
    files are being read, or that the disk has no room.
    """
    details = {}
    try:
        return sandbox.run(module, upload, arguments, allowance)
    except Refused as refused:
        why, details = refused.why, refused.details
    except sandbox.Failed:
        why = "damaged"
    except sandbox.Exhausted:
        why = "exhausted"
    except sandbox.Busy:
        raise ValidationError(busy()) from None
    except OSError as problem:
        logger.error("A file could not be read: %s", problem)
        raise ValidationError(no_room()) from problem
    raise ValidationError(f"{str(refusals[why]) % details} {accepted()}")


def busy() -> str:
    """Return what is said when too many files are being read already."""
    return _(
        "Many files are arriving at this moment, and this one could not be read. The rest of the form is still here: "
        "choose this file again in a few seconds."
    )


def no_room() -> str:
    """Return what is said when nothing can be written."""
    return _(
        "The file could not be stored: the disk is full or out of reach. The rest of the form is still here; save "
        "without this file, or try again once it is mended."
    )


def new_folder(kind: str) -> str:
    """Return the name of a folder that nobody can guess: 128 random bits."""
    return f"{kind}/{secrets.token_urlsafe(16)}"


def store(files: Mapping[str, File], storage: Storage = default_storage) -> None:
    """Write {name: file}, all or none; the names are new. Raises ValidationError when the storage cannot."""
    try:
        for name, file in files.items():
            file.seek(0)
            storage.save(name, file)
    except Exception as problem:  # a disk and a distant storage each have their own
        logger.error("A file could not be stored: %s", problem)
        for name in files:
            with suppress(Exception):
                storage.delete(name)
        raise ValidationError(no_room()) from problem
