"""The recording of what visitors are told when they ask badly, ask too much, or when the site fails them."""

import errno

from django.db import OperationalError, ProgrammingError, connection

from bench.pages_before_after import stillness
from bench.pages_before_after.accounts import sign_in
from bench.pages_before_after.samples import PREFIXES
from bench.pages_before_after.visitor import Visitor

SHOWN = ("/", "/bonnes-pratiques/", "/api/v1/facets/", "/newsletter/archives/", "/nulle-part/", "/api/nulle-part/")
FAULTS = {
    "fault": ProgrammingError("no such column"),
    "away": OperationalError("the server has gone"),
    "full": OSError(errno.ENOSPC, "no room"),
}


def record(recorder, application, walk):
    """Record refusals, limits and outages, in every language."""
    ask = Visitor(application).ask
    for address in [f"{prefix}{path}" for prefix in PREFIXES for path in SHOWN]:
        for method in ("POST", "PUT", "OPTIONS", "TRACE"):
            recorder.write(f"{method} {address}", ask(address, method=method))
        recorder.write(f"GET {address} from a strange host", ask(address, headers={"HTTP_HOST": "ailleurs.example"}))
        recorder.write(f"GET {address} without TLS", ask(address, https=False))
        recorder.write(f"GET {address} without its slash", ask(address.rstrip("/") or "/en"))
        recorder.write(f"GET {address} with a NUL", ask(f"{address}?q=%00"))
    for number in range(1, 33):
        answer = Visitor(application, network="192.0.2.1").ask("/api/v1/facets/")
        if number in (1, 31):
            recorder.write(f"GET /api/v1/facets/, {number} times", answer)
    for number in range(1, 13):
        answer = sign_in(Visitor(application, network="192.0.2.2"), "personne", "faux")
        if number in (1, 12):
            recorder.write(f"POST /admin/login/, {number} wrong passwords", answer)
    for name, error in FAULTS.items():
        record_failing(recorder, application, walk, name, error)


def record_failing(recorder, application, walk, name, error):
    """Record what is answered while every query to the database raises."""

    def fail(*_query):
        raise error

    visitor, signing_up = Visitor(application), {}
    for prefix in PREFIXES:
        signing_up[prefix] = visitor.ask(f"{prefix}/newsletter/")
    stillness.wait(minutes=1)
    with connection.execute_wrapper(fail):
        for prefix, page in signing_up.items():
            for path in (
                "/newsletter/archives/",
                "/api/v1/practices/inconnue/",
                "/bonnes-pratiques/inconnue/signaler/",
            ):
                recorder.write(f"{name}: GET {prefix}{path}", visitor.ask(prefix + path))
            sent = visitor.send(page, {"email": "quelquun@example.org", "letters": "on"})
            recorder.write(f"{name}: POST {prefix}/newsletter/", sent)
        recorder.write(f"{name}: GET /admin/", walk.editor.ask("/admin/"))
        recorder.write(f"{name}: GET /healthz/ready", visitor.ask("/healthz/ready"))
