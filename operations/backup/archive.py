"""The file of a backup: a compressed tar whose last member, the manifest, has the checksum of every other.

Encrypted, it is what the program `age` makes (https://age-encryption.org/v1): who has the key can open it without this
software. What goes into it is left to `writing`.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal, NotRequired, Protocol, TypedDict

import pyrage
from django.utils.translation import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
ENCRYPTED = b"age-encryption.org/"
PIECE = 4 << 20
"""About how many bytes of rows a member holds: what is in memory at a time."""


class Manifest(TypedDict):
    """What a backup says of itself, as `verified` reads it."""

    format: int
    made_at: float
    """The moment of the backup, in seconds since 1970."""
    vendor: str
    migrations: list[list[str]]
    """Those that the database had, each as its application and its name."""
    rows: dict[str, int]
    sequences: dict[str, int]
    files: NotRequired[int]
    members: dict[str, str]
    """The SHA-256 of each other member, in hexadecimal."""


class Readable(Protocol):
    """A stream of bytes that is read once, from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, or all that is left; none at the end."""


class Unreadable(Exception):
    """The file is not a backup, is damaged, or cannot be opened with the keys at hand; the words are for a person."""


class Writer:
    """Adds members to an archive one after the other; `close` writes the manifest, with `facts` and their checksums."""

    def __init__(self, stream: IO[bytes], facts: dict[str, Any]) -> None:
        self.compressed = gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, filename="")
        self.tar = tarfile.TarFile(fileobj=self.compressed, mode="w", format=tarfile.PAX_FORMAT)
        self.facts: dict[str, Any] = {"format": FORMAT, **facts}
        self.members: dict[str, str] = {}
        self.add("LISEZMOI.txt", _about().encode())

    def add(self, name: str, data: bytes) -> None:
        """Add a member from bytes."""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_stream(self, name: str, stream: Readable, size: int) -> None:
        """Add a member of `size` bytes from a stream."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(self.facts["made_at"]), 0o600
        digest = _Hashing(stream)
        self.tar.addfile(info, digest)
        self.members[name] = digest.hexdigest()

    def add_lines(self, folder: str, lines: Iterable[bytes]) -> int:
        """Add lines as numbered members of a folder; return how many lines there were."""
        piece: list[bytes] = []
        size = number = count = 0
        for line in lines:
            piece.append(line)
            size += len(line)
            count += 1
            if size >= PIECE:
                self.add(f"{folder}/{number:06}.jsonl", b"".join(piece))
                piece, size, number = [], 0, number + 1
        if piece:
            self.add(f"{folder}/{number:06}.jsonl", b"".join(piece))
        return count

    def close(self) -> None:
        """End with the manifest, without which the archive is worth nothing; in ASCII, as names may be any bytes."""
        manifest = {**self.facts, "members": self.members}
        self.add(MANIFEST, json.dumps(manifest, indent=1).encode())
        self.tar.close()
        self.compressed.close()


def _about() -> str:
    """Return what the file says of itself to whoever opens it without this software."""
    lines = (
        _("Backup of the catalogue Bonnes pratiques."),
        _("rows/<table>/<n>.jsonl: the rows of each table, one a line, in JSON; files/: the uploaded files."),
        _("manifest.json, at the end: versions, number of rows, SHA-256 checksum of each member."),
        _("To put it back: manage.py restore (see docs/sauvegardes.md)."),
    )
    return "".join(f"{line}\n" for line in lines)


class _Hashing:
    """A file that is read once, with the checksum of what was read."""

    def __init__(self, stream: Readable) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self.stream.read(size)
        self.digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self.digest.hexdigest()


@contextmanager
def new_file(path: Path, recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield a stream that becomes the file `path`, whole and on the disk, when the block ends well.

    When the block fails, nothing is left. `recipients` are public keys of age to encrypt for. Raise FileExistsError
    while the same file is being written already, and pyrage.RecipientError for a key that is none.
    """
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            if recipients:
                keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
                with _through(lambda source: pyrage.encrypt_io(source, file, keys), "rb") as stream:
                    yield stream
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        sync_folder(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def _through(work: Callable[[IO[bytes]], object], mode: Literal["rb", "wb"]) -> Iterator[IO[bytes]]:
    """A pipe to or from `work`, which runs in a thread of its own with the other end, in `mode`."""
    reading, writing = os.pipe()
    theirs, ours = (reading, writing) if mode == "rb" else (writing, reading)
    failure: list[Exception] = []

    def run() -> None:
        with open(theirs, mode) as end:
            try:
                work(end)
            except Exception as error:
                failure.append(error)
                if mode == "rb":
                    with suppress(OSError):
                        while end.read(1 << 16):  # whoever writes is told at the end
                            pass

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with open(ours, "wb" if mode == "rb" else "rb") as stream:
            yield stream
    except Exception as error:
        thread.join()
        if failure and not isinstance(failure[0], OSError):
            raise failure[0] from error  # the wrong key; an end of the pipe that closed is only a consequence
        raise
    finally:
        thread.join()
    if failure:
        raise failure[0]


@contextmanager
def opened(path: str | Path, identities: Sequence[str] = ()) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Open a backup; yield its members as (name, stream), in order, each to be read before the next.

    `identities` are private keys of age, for an encrypted one. Raise Unreadable.
    """
    try:
        with open(path, "rb") as file:
            encrypted = file.read(len(ENCRYPTED)) == ENCRYPTED
            file.seek(0)
            if not encrypted:
                yield _members(file)
                return
            if not identities:
                raise Unreadable(_("This backup is encrypted: give the private key by --identity FILE."))
            keys = [pyrage.x25519.Identity.from_str(one) for one in identities]
            with _through(lambda sink: pyrage.decrypt_io(file, sink, keys), "wb") as stream:
                yield _members(stream)
                with suppress(ValueError):
                    while stream.read(1 << 16):  # to the end, where the last checksum is
                        pass
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise Unreadable(_("The key does not open this backup (%(error)s).") % {"error": error}) from error
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise Unreadable(_("The file is damaged or is no backup (%(error)s).") % {"error": error}) from error


def _members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    with gzip.GzipFile(fileobj=stream) as compressed:
        with tarfile.open(fileobj=compressed, mode="r|") as tar:
            for info in tar:
                if info.isfile() and (member := tar.extractfile(info)):
                    yield info.name, member
        while compressed.read(1 << 20):  # to the end, where the checksum of the whole is
            pass


def verified(
    path: str | Path,
    identities: Sequence[str] = (),
    on_file: Callable[[str, Readable], object] | None = None,
) -> Manifest:
    """Read a whole backup and return its manifest; raise Unreadable when a single byte is not what was written.

    `on_file(name, stream)` is given each uploaded file, and must read it to its end.
    """
    found: dict[str, str] = {}
    written: bytes | None = None
    with opened(path, identities) as members:
        for name, stream in members:
            if name == MANIFEST:
                written = stream.read()
                continue
            hashing = _Hashing(stream)
            if on_file and name.startswith("files/"):
                on_file(name.removeprefix("files/"), hashing)
            while hashing.read(1 << 20):
                pass
            found[name] = hashing.hexdigest()
    if written is None:
        raise Unreadable(_("The file is incomplete: its end is missing."))
    manifest: Manifest = json.loads(written)
    if manifest.get("format") != FORMAT:
        told = _("Unknown format of backup (%(format)s): it takes a more recent code.")
        raise Unreadable(told % {"format": manifest.get("format")})
    if found != manifest["members"]:
        wrong = sorted(
            name for name in found.keys() | manifest["members"] if found.get(name) != manifest["members"].get(name)
        )
        raise Unreadable(_("The file is damaged: %(names)s.") % {"names": ", ".join(wrong[:3])})
    return manifest


def read_identities(source: str | Path | IO[str]) -> list[str]:
    """Return the private keys of a file as `age-keygen` writes it, given by its path or open."""
    text = Path(source).read_text(encoding="utf-8") if isinstance(source, str | Path) else source.read()
    kept = [line.strip() for line in text.splitlines()]
    return [line for line in kept if line.startswith("AGE-SECRET-KEY-")]


def sync_folder(folder: Path) -> None:
    """Have the names that a folder holds written to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
