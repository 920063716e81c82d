"""Owns which documents are accepted, recognised by their content, and how one is described to who would take it.

A document is kept as it came, since its bytes are what people want; it is never opened by a browser on this site (see
`bonnespratiques.media`).
"""

import zipfile
import zlib
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from practices.uploads import check_arrived, limit, new_folder, store

FOLDER = "documents"
OPEN, OFFICE = "application/vnd.oasis.opendocument.", "application/vnd.openxmlformats-officedocument."
KINDS = {
    "pdf": "application/pdf",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
}
"""The media type of each kind, by the extension that its name must have."""
ACCEPT = ",".join(f".{kind}" for kind in KINDS)
MOST = 10
"""Documents of one practice."""
MOST_UNPACKED = 300_000_000
"""Bytes that an office document may hold once unpacked."""
MOST_ENTRIES = 5000
LONGEST_READ = 4 << 20
"""Bytes of a table of contents that are read."""
MARKUP = (b"<script", b"<!doctype", b"<html", b"<?php", b"<svg")
FORMER_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a compound file: Office before 2007, and present documents that a password protects."""

LANGUAGES = tuple(
    "bg ca cs cy da de el en es et eu fi fr ga gl hr hu is it lb lt lv mk nb nl pl pt ro ru sk sl sq sr sv tr uk "
    "ar".split()
)


def accepted():
    """What a document may be, as a sentence."""
    return _(
        "Accepted: PDF, ODT, ODS, ODP, DOCX, XLSX or PPTX, of %(megabytes)s MB at most, without macros or a password."
    ) % {"megabytes": limit() // 1_000_000}


def language_name(code):
    """The name of a language in the language of the page, as it stands in a sentence; the code where it is unknown."""
    try:
        name = get_language_info(code)["name_translated"]
    except KeyError:
        return code
    return name if get_language() == "en" else name[:1].lower() + name[1:]


def store_document(upload, storage=default_storage):
    """Check a document that was sent and store it; return its name. Raises ValidationError, which says why not."""
    check_arrived(upload, accepted())
    kind = _recognised(upload)
    extension = PurePath(upload.name).suffix.lower()
    if extension != f".{kind}":
        sentence = _("The name of this file ends in “%(extension)s”, but its content is %(kind)s.")
        _refuse(sentence % {"extension": extension, "kind": kind.upper()})
    name = f"{new_folder(FOLDER)}.{kind}"
    store({name: upload}, storage)
    return name


def _refuse(why):
    raise ValidationError(f"{why} {accepted()}")


def _recognised(upload):
    """The kind of a file, by its content alone."""
    upload.seek(0)
    head = upload.read(1024)
    if head.startswith(b"%PDF-"):
        _check_pdf(upload, head)
        return "pdf"
    if head.startswith(FORMER_OFFICE):
        _refuse(_("This file is of a former Office format, or protected by a password: save it anew without either."))
    if not head.startswith(b"PK\x03\x04"):
        _refuse(_("This file is not a document of a kind that is accepted, whatever its name says."))
    try:
        with zipfile.ZipFile(upload) as archive:
            return _recognised_archive(upload, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        _refuse(_("This document is damaged: it cannot be read."))


def _check_pdf(upload, head):
    upload.seek(max(0, upload.size - 2048))
    if b"%%EOF" not in upload.read():
        _refuse(_("This document is damaged: it cannot be read."))
    if zipfile.is_zipfile(upload) or any(mark in head.lower() for mark in MARKUP):
        _refuse(_("This file is a document and something else at once."))


def _recognised_archive(upload, archive):
    """The kind of an office document, once its parts have been looked at and counted."""
    entries = archive.infolist()
    upload.seek(max(0, upload.size - 22))
    if upload.read(4) != b"PK\x05\x06" or min(entry.header_offset for entry in entries) != 0:
        _refuse(_("This file is a document and something else at once."))
    if any(entry.flag_bits & 1 for entry in entries):
        _refuse(_("This document is protected by a password."))
    names = {entry.filename for entry in entries}
    contents = _read(archive, "[Content_Types].xml", names)
    macros = b"macroenabled" in contents.lower() or any(_holds_macros(name.lower()) for name in names)
    if macros:
        _refuse(_("This document holds macros, which are programs: save it anew without them."))
    _check_unpacked(archive, entries)
    kind = _read(archive, "mimetype", names).decode("ascii", "replace")
    if b"encryption-data" in _read(archive, "META-INF/manifest.xml", names):
        _refuse(_("This document is protected by a password."))
    for extension, media_type in KINDS.items():
        if kind == media_type or f'"{media_type}.main+xml"'.encode() in contents:
            return extension
    _refuse(_("This file is not a document of a kind that is accepted, whatever its name says."))


def _holds_macros(name):
    return name.endswith("vbaproject.bin") or "/macrosheets/" in name or name.startswith(("basic/", "scripts/"))


def _read(archive, name, names):
    if name not in names:
        return b""
    with archive.open(name) as part:
        return part.read(LONGEST_READ)


def _check_unpacked(archive, entries):
    """Refuse an archive that would fill the disk of who opens it: unpacked here, piece by piece."""
    left = MOST_UNPACKED
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > left:
        _refuse(_too_much())
    for entry in entries:
        # What the archive says of a size is not believed: reading stops where the data does, or at the limit.
        entry.file_size = 1 << 62
        with archive.open(entry) as part:
            while piece := part.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    _refuse(_too_much())


def _too_much():
    sentence = _("This document would hold more than %(megabytes)s MB once unpacked.")
    return sentence % {"megabytes": MOST_UNPACKED // 1_000_000}
