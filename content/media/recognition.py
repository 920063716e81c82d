"""Recognises a document by its content alone, confined (see `sandbox`); an archive is unpacked, piece by piece."""

import re
import zipfile
from collections.abc import Collection
from typing import BinaryIO

from content.media.sandbox_child import Refused

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
MOST_ENTRIES = 5000
LONGEST_READ = 4 << 20
"""Bytes of a table of contents that are read."""
MARKUP = (b"<script", b"<!doctype", b"<html", b"<?php", b"<svg")
FORMER_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a compound file: Office before 2007, and present documents that a password protects."""
BLANK = b"\0\t\n\f\r "
"""White space in a PDF (ISO 32000-2, 7.2.3)."""
LONGEST_TAIL = 64 << 10
"""Bytes that may follow the end of a PDF, as servers and mail programs add some; longer, its own end is missing."""
SHORT_OF_ITS_END = re.compile(rb"startxref[\0\t\n\f\r ]+0[\0\t\n\f\r ]+\Z")
"""What comes before the first end of a PDF made for the Web, whose real end is further (ISO 32000-2, annex F)."""
ENCRYPT = re.compile(rb"/Encrypt[\0\t\n\f\r ]*(?:[0-9]+[\0\t\n\f\r ]+[0-9]+[\0\t\n\f\r ]+R\b|<<)")
OPENING = re.compile(rb"\b(?:trailer|obj|endobj|stream|endstream)\b")
CROSS_REFERENCES = re.compile(rb"/Type[\0\t\n\f\r ]*/XRef\b")
LONGEST_TRAILER = 4096
CONTENT_TYPE = re.compile(rb"""\bContentType\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def read(file: BinaryIO, *, most_unpacked: int) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return {"kind": a key of `KINDS`}, and no file; `most_unpacked` are bytes. Raises Refused."""
    head = file.read(1024)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(BLANK).startswith(b"%PDF-"):
        file.seek(0)
        _check_pdf(file, file.read())
        return {"kind": "pdf"}, {}
    if head.startswith(FORMER_OFFICE):
        raise Refused("former")
    if not head.startswith(b"PK\x03\x04"):
        raise Refused("unknown")
    with zipfile.ZipFile(file) as archive:
        return {"kind": _kind_of_archive(file, archive, most_unpacked)}, {}


def _check_pdf(file: BinaryIO, content: bytes) -> None:
    body, end, tail = content.rpartition(b"%%EOF")
    if holds_archive(file) or any(mark in part.lower() for part in (content[:1024], tail) for mark in MARKUP):
        raise Refused("double")
    if not end or len(tail.strip(BLANK)) > LONGEST_TAIL or SHORT_OF_ITS_END.search(body[-64:]):
        raise Refused("damaged")
    if _takes_a_password(content):
        raise Refused("restricted")


def holds_archive(file: BinaryIO) -> bool:
    """Return whether a file can be opened as a ZIP archive: with a table of contents, not a few bytes of one."""
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.namelist())
    except Exception:  # what is not an archive fails in as many ways as there are bytes
        return False


def _takes_a_password(content: bytes) -> bool:
    """Return whether a trailer of a PDF, or a stream that stands for one, says that it is encrypted.

    See ISO 32000-2, 7.5 and 7.6. A page may tell of encryption: the same word means nothing anywhere else.
    """
    for found in ENCRYPT.finditer(content):
        begun = max(0, found.start() - LONGEST_TRAILER)
        before = content[begun : found.start()]
        opened = list(OPENING.finditer(before))
        if not opened or opened[-1][0] not in (b"trailer", b"obj"):
            continue
        if opened[-1][0] == b"trailer":
            return True
        closed = content.find(b"stream", found.end(), found.end() + LONGEST_TRAILER)
        dictionary = content[begun + opened[-1].end() : max(found.end(), closed)]
        if CROSS_REFERENCES.search(dictionary):
            return True
    return False


def _kind_of_archive(file: BinaryIO, archive: zipfile.ZipFile, most_unpacked: int) -> str:
    """Return the kind of an office document, once its parts have been looked at and counted."""
    entries = archive.infolist()
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 22))
    if file.read(4) != b"PK\x05\x06" or min(entry.header_offset for entry in entries) != 0:
        raise Refused("double")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("locked")
    names = {entry.filename for entry in entries}
    contents = _read(archive, "[Content_Types].xml", names)
    if b"macroenabled" in contents.lower() or any(_holds_macros(name.lower()) for name in names):
        raise Refused("macros")
    _check_unpacked(archive, entries, most_unpacked)
    if b"encryption-data" in _read(archive, "META-INF/manifest.xml", names):
        raise Refused("locked")
    told = {b"".join(pair).strip().lower() for pair in CONTENT_TYPE.findall(contents)}
    whole = _read(archive, "mimetype", names).strip()
    for extension, media_type in KINDS.items():
        if whole == media_type.encode() or f"{media_type}.main+xml".encode() in told:
            return extension
    raise Refused("unknown")


def _holds_macros(name: str) -> bool:
    return name.endswith("vbaproject.bin") or "/macrosheets/" in name or name.startswith(("basic/", "scripts/"))


def _read(archive: zipfile.ZipFile, name: str, names: Collection[str]) -> bytes:
    """Return the beginning of a part, in UTF-8 whichever of the two encodings of XML it is in (XML 1.0, 4.3.3)."""
    if name not in names:
        return b""
    with archive.open(name) as part:
        content = part.read(LONGEST_READ)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    return content


def _check_unpacked(archive: zipfile.ZipFile, entries: Collection[zipfile.ZipInfo], most: int) -> None:
    """Refuse an archive that would fill the disk of who opens it: unpacked here, piece by piece."""
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most:
        raise Refused("unpacked", megabytes=most // 1_000_000)
    left = most
    for entry in entries:
        # What the archive says of a size is not believed: reading stops where the data does, or at the limit.
        entry.file_size = 1 << 62
        with archive.open(entry) as part:
            while piece := part.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise Refused("unpacked", megabytes=most // 1_000_000)
