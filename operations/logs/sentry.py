"""What is reported to a Sentry server, where SENTRY_DSN names one: the fault, nothing of people."""

from typing import TYPE_CHECKING, Literal

from operations.logs.privacy import scrubbed_all
from operations.logs.requests import current_request

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

DROPPED: tuple[Literal["user", "breadcrumbs", "extra", "server_name"], ...] = (
    "user",
    "breadcrumbs",
    "extra",
    "server_name",
)
KEPT_OF_REQUEST = ("method", "url")


def start(dsn: str) -> None:
    """Report faults to the server at `dsn` from now on. The library is imported only where an address is set."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=before_send,
    )


def before_send(event: "Event", _hint: "Hint") -> "Event":
    """Return a report without who asked, with what, and from where; the name of the request is added as a tag."""
    for name in DROPPED:
        event.pop(name, None)
    if request := event.pop("request", None):
        event["request"] = {name: str(request[name]).partition("?")[0] for name in KEPT_OF_REQUEST if name in request}
    event = scrubbed_all(event)
    if request_name := current_request():
        event["tags"] = {**(event.get("tags") or {}), "request": request_name}
    return event
