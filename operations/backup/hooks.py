"""What applications say about backups: what is not worth keeping, and what must be done when one comes back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Hooks:
    """What an application adds. `left_out` are labels of models that no backup has, and that a restored database has
    empty; `untouched`, those that it keeps as they were.

    `before()` is called before the rows of a restored database are written, in the same transaction, and `after(facts)`
    once they are all there; `after` returns sentences for the person who restores. `facts` has "at" (a datetime),
    "moved" (whether the site goes on elsewhere, rather than going back) and "memory", what `remember` knew.
    `remember()` returns a list that JSON can hold, kept beside the backups, so that a restored database can be told
    what happened after it was copied.
    """

    left_out: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    before: Callable[[], None] | None = None
    after: Callable[[dict[str, Any]], list[str]] | None = None
    remember: Callable[[], list[Any]] | None = None


@dataclass
class Registry:
    """The hooks of every application, by name."""

    of: dict[str, Hooks] = field(default_factory=dict)

    def left_out(self) -> set[str]:
        """Return the labels of the models that no backup has, in lower case."""
        return {label.lower() for hooks in self.of.values() for label in (*hooks.left_out, *hooks.untouched)}

    def untouched(self) -> set[str]:
        """Return the labels of the models that a restored database keeps as they were, in lower case."""
        return {label.lower() for hooks in self.of.values() for label in hooks.untouched}

    def remembered(self) -> dict[str, list[Any]]:
        """Return what each application remembers, by its name; those that remember nothing are left out."""
        return {name: hooks.remember() for name, hooks in self.of.items() if hooks.remember}


registry = Registry()


def register(name: str, hooks: Hooks) -> None:
    """Have the hooks of an application called; those it had are replaced."""
    registry.of[name] = hooks
