"""The recording of the site's own static files, as they are served, under the names their sources have."""

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage

from bench.pages_before_after.recording import ROOT


def own_files():
    """The names of the static files that are part of this project."""
    found = (
        (path, storage.path(path)) for finder in get_finders() for path, storage in finder.list(["*.txt", "CVS", ".*"])
    )
    here = [path for path, place in found if place.startswith(f"{ROOT}/") and "/site-packages/" not in place]
    return sorted(set(here))


def record(recorder, visitor):
    """Record each file."""
    for path in own_files():
        recorder.write(path, visitor.ask(staticfiles_storage.url(path)))
