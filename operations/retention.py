"""What `manage.py prune` erases: each application registers what it no longer keeps."""

from typing import Protocol


class Prune(Protocol):
    """Erases what has been kept long enough, or only counts it; returns {what was done, in words: how many}.

    It can be run at any time, and twice.
    """

    def __call__(self, *, dry_run: bool) -> dict[str, int]:
        """Erase, or only count."""


registry: dict[str, Prune] = {}


def register(name: str, prune: Prune) -> None:
    """Have a rule of retention applied; one of the same name is replaced."""
    registry[name] = prune


def prune(dry_run: bool = False) -> dict[str, int]:
    """Apply every rule, or only count what each would erase; return {what was done, in words: how many}."""
    return {what: count for one in registry.values() for what, count in one(dry_run=dry_run).items()}
