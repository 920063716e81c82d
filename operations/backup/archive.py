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
from contextlib import contextmanager, suppress
from pathlib import Path

import pyrage

FORMAT = 1
MANIFEST = "manifest.json"
ENCRYPTED = b"age-encryption.org/"
PIECE = 4 << 20
"""About how many bytes of rows a member holds: what is in memory at a time."""
ABOUT = """Sauvegarde du catalogue Bonnes pratiques.
rows/<table>/<n>.jsonl : les lignes de chaque table, une par ligne, en JSON ; files/ : les fichiers téléversés.
manifest.json, à la fin : versions, nombre de lignes, empreinte SHA-256 de chaque membre.
Pour la remettre en place : manage.py restore (voir docs/sauvegardes.md).
"""


class Unreadable(Exception):
    """The file is not a backup, is damaged, or cannot be opened with the keys at hand; the words are for a person."""


class Writer:
    """Adds members one after the other; `close` writes the manifest."""

    def __init__(self, stream, facts):
        self.compressed = gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, filename="")
        self.tar = tarfile.TarFile(fileobj=self.compressed, mode="w", format=tarfile.PAX_FORMAT)
        self.facts = {"format": FORMAT, **facts}
        self.members = {}
        self.add("LISEZMOI.txt", ABOUT.encode())

    def add(self, name, data):
        """Add a member from bytes."""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_stream(self, name, stream, size):
        """Add a member of a known size from a file that is open."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(self.facts["made_at"]), 0o600
        digest = _Hashing(stream)
        self.tar.addfile(info, digest)
        self.members[name] = digest.hexdigest()

    def add_lines(self, folder, lines):
        """Add lines (bytes) as numbered members of a folder; return how many lines."""
        piece, size, number, count = [], 0, 0, 0
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

    def close(self):
        """End with the manifest, without which the archive is worth nothing; in ASCII, as names may be any bytes."""
        manifest = {**self.facts, "members": self.members}
        self.add(MANIFEST, json.dumps(manifest, indent=1).encode())
        self.tar.close()
        self.compressed.close()


class _Hashing:
    """A file that is read once, with the checksum of what was read."""

    def __init__(self, stream):
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size=-1):
        data = self.stream.read(size)
        self.digest.update(data)
        return data

    def hexdigest(self):
        return self.digest.hexdigest()


@contextmanager
def new_file(path, recipients):
    """A stream that becomes the file `path`, whole and on the disk, when the block ends well; else nothing is left."""
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
def _through(work, mode):
    """A pipe to or from `work`, which runs in a thread of its own with the other end, in `mode`."""
    reading, writing = os.pipe()
    theirs, ours = (reading, writing) if mode == "rb" else (writing, reading)
    failure = []

    def run():
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
def opened(path, identities=()):
    """Read a backup: yields (name, stream) for each member, in order. Raises Unreadable."""
    try:
        with open(path, "rb") as file:
            encrypted = file.read(len(ENCRYPTED)) == ENCRYPTED
            file.seek(0)
            if not encrypted:
                yield _members(file)
                return
            if not identities:
                raise Unreadable("Cette sauvegarde est chiffrée : donnez la clé privée par --identity FICHIER.")
            keys = [pyrage.x25519.Identity.from_str(one) for one in identities]
            with _through(lambda sink: pyrage.decrypt_io(file, sink, keys), "wb") as stream:
                yield _members(stream)
                with suppress(ValueError):
                    while stream.read(1 << 16):  # to the end, where the last checksum is
                        pass
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise Unreadable(f"La clé n’ouvre pas cette sauvegarde ({error}).") from error
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise Unreadable(f"Le fichier est abîmé ou n’est pas une sauvegarde ({error}).") from error


def _members(stream):
    with gzip.GzipFile(fileobj=stream) as compressed:
        with tarfile.open(fileobj=compressed, mode="r|") as tar:
            for info in tar:
                if info.isfile():
                    yield info.name, tar.extractfile(info)
        while compressed.read(1 << 20):  # to the end, where the checksum of the whole is
            pass


def verified(path, identities=(), on_file=None):
    """Read a whole backup and return its manifest; raises Unreadable when a single byte is not what was written.

    `on_file(name, stream)` is given each uploaded file, and must read it to its end.
    """
    found, manifest = {}, None
    with opened(path, identities) as members:
        for name, stream in members:
            if name == MANIFEST:
                manifest = stream.read()
                continue
            hashing = _Hashing(stream)
            if on_file and name.startswith("files/"):
                on_file(name.removeprefix("files/"), hashing)
            while hashing.read(1 << 20):
                pass
            found[name] = hashing.hexdigest()
    if manifest is None:
        raise Unreadable("Le fichier est incomplet : sa fin manque.")
    manifest = json.loads(manifest)
    if manifest.get("format") != FORMAT:
        raise Unreadable(f"Format de sauvegarde inconnu ({manifest.get('format')}) : il faut un code plus récent.")
    if found != manifest["members"]:
        wrong = sorted(
            name for name in found.keys() | manifest["members"] if found.get(name) != manifest["members"].get(name)
        )
        raise Unreadable(f"Le fichier est abîmé : {', '.join(wrong[:3])}.")
    return manifest


def read_identities(source):
    """The private keys of a file as `age-keygen` writes it, given by its path or open."""
    text = source.read() if hasattr(source, "read") else Path(source).read_text(encoding="utf-8")
    kept = [line.strip() for line in text.splitlines()]
    return [line for line in kept if line.startswith("AGE-SECRET-KEY-")]


def sync_folder(folder):
    """Have the names of a folder written to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
