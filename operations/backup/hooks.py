"""What applications say about backups: what is not worth keeping, and what must be done when one comes back."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Hooks:
    """What an application adds. `left_out` are labels of models that no backup has, and that a restored database has
    empty; `untouched`, those that it keeps as they were.

    `before()` is called before the rows of a restored database are written, in the same transaction, and `after(facts)`
    once they are all there; `after` returns sentences for the person who restores. `facts` has "at" (a datetime),
    "moved" (whether the site goes on elsewhere, rather than going back) and what `remember` knew. `remember()` returns
    JSON that is kept beside the backups, so that a restored database can be told what happened after it was copied.
    """

    left_out: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    before: Callable[[], None] | None = None
    after: Callable[[dict], list[str]] | None = None
    remember: Callable[[], object] | None = None


@dataclass
class Registry:
    """The hooks of every application, by name."""

    of: dict[str, Hooks] = field(default_factory=dict)

    def left_out(self):
        """The labels of the models that no backup has, in lower case."""
        return {label.lower() for hooks in self.of.values() for label in (*hooks.left_out, *hooks.untouched)}

    def untouched(self):
        """The labels of the models that a restored database keeps as they were, in lower case."""
        return {label.lower() for hooks in self.of.values() for label in hooks.untouched}

    def remembered(self):
        """What each application remembers, as {name: JSON}."""
        return {name: hooks.remember() for name, hooks in self.of.items() if hooks.remember}


registry = Registry()


def register(name, hooks):
    """Have the hooks of an application called."""
    registry.of[name] = hooks
