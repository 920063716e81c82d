"""The way back from a backup: into an empty database of either kind, or over one when told to; all or nothing.

The file is read twice: once to its end before anything is touched, then its rows in one transaction. Uploaded files
wait in a folder beside the others and take their place just before the transaction ends.
"""

import secrets
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from operations.backup import archive, serialization, writing
from operations.backup.archive import Manifest, Readable
from operations.backup.hooks import registry
from operations.backup.writing import Tell

ALIAS = "default"
MADE_BY_MIGRATE = {"contenttypes.contenttype", "auth.permission", "auth.group", "auth.group_permissions"}
"""Tables in which a database has rows before anybody has used it."""


class Refused(Exception):
    """Nothing was done; the words are for the person who asked."""


def restore(
    path: str | Path,
    *,
    identities: Sequence[str] = (),
    force: bool = False,
    moved: bool = False,
    files: bool = True,
    memory: dict[str, list[Any]] | None = None,
    tell: Tell = lambda line: None,
) -> list[str]:
    """Put a backup in the place of what the site has; return sentences about what came back.

    `identities` are private keys of age; `force` goes over a site that holds something; `moved` says that the site goes
    on here rather than going back; without `files` the uploaded files stay as they are. `memory` is what
    `writing.remembered` knows; by default, what lies beside the file. Raise Refused or `archive.Unreadable`, and change
    nothing then.
    """
    memory = writing.remembered(Path(path).parent) if memory is None else memory
    root = Path(settings.MEDIA_ROOT)
    staged = root / f".restore-{secrets.token_hex(4)}"
    try:
        tell(_("Reading and checking"))
        manifest = archive.verified(path, identities, on_file=_stage(staged) if files else None)
        _check_code(manifest)
        _check_target(manifest, root if files else None, force)
        memory = _merged(memory)
        _make_tables(manifest)
        with Swap(staged, root) as swap, transaction.atomic(using=ALIAS):
            _before()
            loaded = _load(path, identities, manifest, tell)
            behind = _pending()
            said = [] if behind else _after(manifest, memory, moved)
            connections[ALIAS].check_constraints()
            if files:
                swap.put_in_place()
        if behind:
            tell(_("Migrations"))
            call_command("migrate", verbosity=0)
            said = _after(manifest, memory, moved)
        if connections[ALIAS].vendor == "postgresql":
            # It chooses its ways by what it knows of the tables, and would learn it within minutes or hours.
            with connections[ALIAS].cursor() as cursor:
                cursor.execute("ANALYZE")
    except DatabaseError as error:
        told = _("The database refused these data, nothing is changed: %(error)s")
        raise Refused(told % {"error": str(error).strip()}) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    made = datetime.fromtimestamp(manifest["made_at"], UTC).astimezone()
    when = {"day": f"{made:%d/%m/%Y}", "time": f"{made:%H:%M:%S}"}
    told = _("Restored: the state of %(day)s at %(time)s (%(counted)s).")
    return [told % {**when, "counted": _counted(loaded, manifest, files)}, *said]


def _counted(rows: int, manifest: Manifest, files: bool) -> str:
    """Return how much came back, in words."""
    number = manifest.get("files", 0)
    there = ngettext("%(count)s row", "%(count)s rows", rows) % {"count": rows}
    if files:
        return f"{there}, {writing.counted_files(number)}"
    left = ngettext("%(count)s file read and left as it is", "%(count)s files read and left as they are", number)
    return f"{there}, {left % {'count': number}}"


def _check_code(manifest: Manifest) -> None:
    """Refuse what a more recent code made: its tables are unknown here."""
    known = MigrationExecutor(connections[ALIAS]).loader.graph.nodes
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if unknown:
        told = _(
            "This backup comes from a more recent version of the code (%(migrations)s are missing): "
            "bring the code up to date, then start again."
        )
        raise Refused(told % {"migrations": ", ".join(unknown[:3])})


def _check_target(manifest: Manifest, root: Path | None, force: bool) -> None:
    """Refuse a database or a folder that holds something, unless told to go over it; or tables of another time."""
    there = serialization.migrations_of(ALIAS)
    if there and {tuple(one) for one in manifest["migrations"]} != set(there):
        raise Refused(
            _(
                "The tables of this database are not those of the backup: restore into a new database, without running "
                "“migrate” there first; its tables will be made, filled, then brought up to date."
            )
        )
    if there and not force:
        tables = serialization.tables(ALIAS, there)
        for label, model in tables.items():
            kept = label not in registry.left_out() | MADE_BY_MIGRATE
            if kept and serialization.count(ALIAS, model):
                told = _("The database is not empty (%(label)s): --force replaces all that it holds.")
                raise Refused(told % {"label": label})
    if root and not force and root.is_dir() and next(writing.uploaded(root), None):
        told = _("The folder of files is not empty (%(folder)s): --force replaces all that it holds.")
        raise Refused(told % {"folder": root})


def _merged(memory: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What lies beside the backups and what the database that is about to go remembers, one list of both."""
    now = registry.remembered() if serialization.migrations_of(ALIAS) else {}
    return {name: [*memory.get(name, []), *now.get(name, [])] for name in memory.keys() | now.keys()}


def _make_tables(manifest: Manifest) -> None:
    """Give a blank database the tables that the backup comes from, which may be older than the code."""
    if serialization.migrations_of(ALIAS):
        return
    executor = MigrationExecutor(connections[ALIAS])
    wanted = {(app, name) for app, name in manifest["migrations"]}
    if wanted == set(executor.loader.graph.nodes):
        call_command("migrate", verbosity=0)
    else:
        executor.migrate(_last(wanted, executor.loader.graph))


def _last(nodes: set[tuple[str, str]], graph: MigrationGraph) -> list[tuple[str, str]]:
    """The last migration of each application among some: Django takes one on the way to it for a way back."""
    children = {
        node: {child.key for child in graph.node_map[node].children if child.key[0] == node[0]} for node in nodes
    }
    return sorted(node for node in nodes if children[node].isdisjoint(nodes))


def _load(path: str | Path, identities: Sequence[str], manifest: Manifest, tell: Tell) -> int:
    """Write the rows; return how many. Tables that backups no longer keep, as an older code did, are passed by."""
    tables = serialization.tables(ALIAS, manifest["migrations"])
    serialization.empty(ALIAS, {label: one for label, one in tables.items() if label not in registry.untouched()})
    wanted = {label: count for label, count in manifest["rows"].items() if label not in registry.left_out()}
    with archive.opened(path, identities) as members:
        lines = ((name, stream) for name, stream in members if name.startswith("rows/"))
        for folder, pieces in groupby(lines, key=lambda one: one[0].rpartition("/")[0]):
            label = folder.removeprefix("rows/")
            if label in wanted:
                done = sum(serialization.write(ALIAS, tables[label], stream) for _name, stream in pieces)
                told = ngettext("%(label)s: %(count)s row", "%(label)s: %(count)s rows", done)
                tell(told % {"label": label, "count": done})
    for label, count in wanted.items():
        if (there := serialization.count(ALIAS, tables[label])) != count:
            told = _("Rows are missing, nothing is changed: %(label)s has %(there)s and not %(count)s.")
            raise Refused(told % {"label": label, "there": there, "count": count})
    serialization.set_sequences(ALIAS, {label: tables[label] for label in wanted}, manifest["sequences"])
    return sum(wanted.values())


def _pending() -> bool:
    executor = MigrationExecutor(connections[ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _before() -> None:
    for hooks in registry.of.values():
        if hooks.before:
            hooks.before()


@transaction.atomic(using=ALIAS)
def _after(manifest: Manifest, memory: dict[str, list[Any]], moved: bool) -> list[str]:
    facts = {"at": datetime.fromtimestamp(manifest["made_at"], UTC), "moved": moved}
    said: list[str] = []
    for name, hooks in registry.of.items():
        if hooks.after:
            said += hooks.after({**facts, "memory": memory.get(name, [])})
    return said


def _stage(folder: Path) -> Callable[[str, Readable], None]:
    """What writes each uploaded file of an archive into a folder; a name that leads elsewhere is refused."""

    def write(name: str, stream: Readable) -> None:
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts:
            raise Refused(_("This backup wants to write outside the folder of files (%(name)s).") % {"name": name})
        target = folder / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(stream, file, 1 << 20)
        except OSError as error:
            raise Refused(_("A file cannot be written, nothing is changed: %(error)s") % {"error": error}) from error

    return write


class Swap:
    """Puts staged files in the place of those of a folder.

    When its block fails, the former files come back; when it ends well, they are deleted.
    """

    def __init__(self, staged: Path, root: Path) -> None:
        self.staged = staged
        self.root = root
        self.before = root / f".before-{secrets.token_hex(4)}"
        self.moved: list[tuple[Path, Path]] = []

    def __enter__(self) -> Self:
        return self

    def put_in_place(self) -> None:
        """Exchange the files: they are renamed, in one file system, and none is copied."""
        self.before.mkdir(parents=True)
        for path in list(self.root.iterdir()):
            if not path.name.startswith(writing.UNFINISHED):
                self._move(path, self.before / path.name)
        for path in list(self.staged.iterdir()) if self.staged.is_dir() else []:
            self._move(path, self.root / path.name)

    def _move(self, path: Path, target: Path) -> None:
        path.rename(target)
        self.moved.append((path, target))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            for path, target in reversed(self.moved):
                target.rename(path)
        shutil.rmtree(self.before, ignore_errors=True)
