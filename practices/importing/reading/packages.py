"""Opens what Office files are, archives of XML (ECMA-376, part 2), within bounds of time and memory.

An archive of a few bytes can announce or unpack to anything. Nothing here costs more than the size of the file allows;
what the parts mean is in `workbooks`.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from django.utils.translation import gettext as _

from practices.importing.problems import Unreadable

MOST_UNPACKED, FREELY_UNPACKED, MOST_TIMES = 160 << 20, 4 << 20, 100
"""Bytes of all the parts; and beyond how many they are at most so many times the size of the file."""
MOST_PARTS, MOST_ELEMENTS, DEEPEST = 1000, 12_000_000, 40
"""Parts; elements of one part, and how deep one may be inside others."""
PIECE = 1 << 20
"""Bytes that are parsed at once; a tag is not longer, nor a text unless it is said."""


class Broken(Exception):
    """No program writes such a file."""


class Part:
    """What is kept of one part while it is parsed; names are told without their prefixes."""

    longest = PIECE
    """Characters of a text."""

    def __init__(self):
        self.depth = self.count = self.length = 0
        self.pieces = None

    def start(self, name, attributes):
        """Count an element that begins."""
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise Broken("More elements than any part has, or deeper.")
        self.opened(name.rpartition(":")[2], attributes)

    def end(self, name):
        """Count an element that ends."""
        self.depth -= 1
        self.closed(name.rpartition(":")[2])

    def say(self, text):
        """Take a piece of text, if one was asked for by `listen`."""
        if self.pieces is not None:
            self.length += len(text)
            if self.length > self.longest:
                raise Broken("A text longer than any.")
            self.pieces.append(text)

    def listen(self):
        """Keep the text that follows."""
        self.pieces, self.length = [], 0

    def heard(self):
        """The text since `listen`."""
        text, self.pieces = "".join(self.pieces or ()), None
        return text

    def opened(self, name, attributes):
        """Note the beginning of an element."""

    def closed(self, name):
        """Note the end of an element."""


class Package:
    """An archive whose parts refer to one another."""

    def __init__(self, data):
        """Open it; raise Unreadable where it would fill the memory: `zipfile` unpacks no more than it declares."""
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        members = self.archive.infolist()
        unpacked = sum(one.file_size for one in members)
        if len(members) > MOST_PARTS or unpacked > MOST_UNPACKED:
            raise Unreadable(
                _("Once unpacked this workbook would take more than %(size)d MB: it was not opened.")
                % {"size": MOST_UNPACKED >> 20}
            )
        if unpacked > FREELY_UNPACKED + MOST_TIMES * len(data):
            raise Unreadable(
                _("Once unpacked this workbook would be more than %(count)d times as large: it was not opened.")
                % {"count": MOST_TIMES}
            )

    def parse(self, path, part):
        """Read a part whole, and return what is kept of it."""
        for _piece in self.pieces(path, part):
            pass
        return part

    def pieces(self, path, part) -> Iterator[None]:
        """Read a part, and stop after each piece of it."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = part.start, part.end
        parser.CharacterDataHandler = part.say
        parser.StartDoctypeDeclHandler = _refuse_entities
        told = 0
        with self.archive.open(path) as member:
            while piece := member.read(PIECE):
                told += len(piece)
                parser.Parse(piece)
                # The parser begins again, with each piece, a tag that it has not seen the end of.
                if told - parser.CurrentByteIndex > 2 * PIECE:
                    raise Broken("A tag that does not end.")
                yield
        parser.Parse(b"", True)
        yield

    def targets(self, path, kind):
        """The parts of a kind that a part ("" for the whole package) refers to, by the keys of its references."""
        folder, name = posixpath.split(path)
        references = posixpath.join(folder, "_rels", f"{name}.rels")
        if references not in self.archive.NameToInfo:
            return {}
        found = self.parse(references, _References(kind)).found
        return {key: posixpath.normpath(posixpath.join("/", folder, target))[1:] for key, target in found}


class _References(Part):
    """The references of a part to others of a kind, which is the end of its full name."""

    def __init__(self, kind):
        super().__init__()
        self.kind, self.found = f"/{kind}", []

    def opened(self, name, attributes):
        if name == "Relationship" and attributes.get("Type", "").endswith(self.kind):
            self.found.append((attributes["Id"], attributes["Target"]))


def _refuse_entities(*_declaration):
    raise Unreadable(_("This workbook declares XML entities, which none does: it was not opened."))
