"""The canonical form of an answer: its status, its headers, and its body by what it is.

HTML is in `markup`. What changes from one recording to the next without anybody seeing it becomes a dot.
"""

import io
import json
import re
import zipfile
from hashlib import sha256
from xml.etree import ElementTree

from openpyxl import load_workbook
from PIL import Image

from bench.pages_before_after.markup import canonical_html

HASHED = re.compile(r"(/static/[\w./-]*?)\.[0-9a-f]{12}(?=\.\w+)")
NUMBERED = re.compile(r"(/admin/r/)\d+/")
"""Django numbers the types of content in the order in which they were made."""


SENDER = re.compile(r"[\w.:[\]-]+\|\d+\|[0-9a-f]{8}\b")
"""The machine, the process and the word by which a sender of mail is known."""


def settled(text):
    """A text without the hashes in the names of static files, the numbers of types of content, the names of senders."""
    return SENDER.sub("•", NUMBERED.sub(r"\1•/", HASHED.sub(r"\1", text)))


def headers_of(answer, length=None):
    """The headers, sorted, as lines; `length` is that of the whole body, where this one is not."""
    return sorted(
        f"{name.lower()}: {_told(name.lower(), value, len(answer.body) if length is None else length)}"
        for name, value in answer.headers
    )


def _told(name, value, length):
    if name == "content-length":
        return "that of the body" if value == str(length) else f"{value}, but the body has {length}"
    if name == "etag":
        return "weak" if value.startswith("W/") else "strong"
    if name in ("x-request-id", "last-modified"):
        return "•"
    if name == "set-cookie":
        return re.sub(r"^([^=]+)=[^;]+", r"\1=•", value)
    return settled(value)


def body_of(answer):
    """The lines of a body."""
    kind = answer.header("Content-Type").partition(";")[0].strip()
    body = answer.body
    if not body:
        return []
    if kind == "text/html":
        return [settled(line) for line in canonical_html(body.decode())]
    if kind.endswith(("xml",)) and kind != "image/svg+xml":
        canonical = ElementTree.canonicalize(body.decode(), strip_text=True)
        return settled(canonical).replace("><", ">\n<").splitlines()
    if kind.endswith("json"):
        return settled(json.dumps(json.loads(body), ensure_ascii=False, indent=1)).splitlines()
    if kind.endswith("spreadsheetml.sheet"):
        return list(_cells(body))
    if kind.startswith("image/") and kind != "image/svg+xml":
        return [_picture(body)]
    if kind.startswith("text/") or kind.endswith(("javascript", "svg+xml", "x-bibtex", "x-research-info-systems")):
        return settled(body.decode()).split("\n")
    return [f"{len(body)} bytes, SHA-256 {sha256(body).hexdigest()}"]


def _cells(body):
    """Each cell of a workbook, with its type, its format and where it leads; the names of its files."""
    yield " ".join(sorted(zipfile.ZipFile(io.BytesIO(body)).namelist()))
    for sheet in load_workbook(io.BytesIO(body)):
        widths = {letter: column.width for letter, column in sheet.column_dimensions.items()}
        yield f"{sheet.title} {sheet.dimensions} {sheet.freeze_panes} {widths}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    link = cell.hyperlink.target if cell.hyperlink else ""
                    bold = "bold" if cell.font.b else ""
                    told = (cell.coordinate, cell.data_type, repr(cell.value), cell.number_format, bold, link)
                    yield " ".join(filter(None, told))


def _picture(body):
    picture = Image.open(io.BytesIO(body))
    pixels = sha256(picture.tobytes()).hexdigest()
    return f"{picture.format} {picture.mode} {picture.width}x{picture.height}, pixels {pixels}"
