"""What happens on the recorded site, from its first practice to its last mail; each chapter is a module."""

import logging
import sys
import time

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from bench.pages_before_after import accounts, desk, outage, people, public, readers, screens, static
from bench.pages_before_after.recorder import Recorder
from bench.pages_before_after.samples import model
from bench.pages_before_after.visitor import Visitor
from bench.pages_before_after.walk import Walk, run


def tell(file, post):
    """Record everything to an open file."""
    logging.disable(logging.CRITICAL)
    started = time.perf_counter()
    if connection.introspection.table_names():
        raise SystemExit("La base n’est pas vide\u00a0: donnez-en une qui le soit, elle sera remplie.")
    run("migrate", verbosity=0)
    run("collectstatic", interactive=False, verbosity=0)
    run("load_collection", verbosity=0)
    application = import_string(settings.WSGI_APPLICATION)
    recorder = Recorder(file)
    walk = Walk(recorder, application, post)
    chapters = {
        "static": lambda: static.record(recorder, Visitor(application)),
        "founding": lambda: public.record(recorder, application),
        "readers": lambda: readers.sign_up(walk),
        "door": lambda: accounts.open_desk(walk),
        "contributions": lambda: people.contribute(walk),
        "letter": lambda: readers.write_letter(walk, first_practices()),
        "reminders": lambda: readers.remind(walk),
        "desk": lambda: desk.work(walk),
        "screens": lambda: screens.record(walk),
        "outage": lambda: outage.record(recorder, application, walk),
        "generated": lambda: generated(recorder, application, walk),
        "digests": lambda: readers.digest(walk),
    }
    for name, tell_chapter in chapters.items():
        recorder.state = name
        tell_chapter()
        print(f"{time.perf_counter() - started:4.0f} s  {name}: {len(recorder.keys)}", file=sys.stderr, flush=True)
    recorder.check()


def first_practices():
    """The keys of the practices that the letter tells."""
    return list(model("Practice")._default_manager.order_by("pk").values_list("pk", flat=True)[:3])


def generated(recorder, application, walk):
    """A catalogue of some hundred practices."""
    run("generate_practices", count=300, seed=7, verbosity=0)
    public.record(recorder, application)
    screens.record_large(walk)
