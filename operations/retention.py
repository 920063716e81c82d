"""What `manage.py prune` erases: each application registers what it no longer keeps."""

registry = {}


def register(name, prune):
    """Have `prune(dry_run=…)` called, which returns {what was done, in French: how many}; safe to run twice."""
    registry[name] = prune


def prune(dry_run=False):
    """Erase what has been kept long enough everywhere, or only count it; return {what: how many}."""
    return {what: count for one in registry.values() for what, count in one(dry_run=dry_run).items()}
