"""What is reported to a Sentry server, where SENTRY_DSN names one: the fault, nothing of people."""

from operations.logs.privacy import scrubbed_all
from operations.logs.requests import current_request

KEPT_OF_REQUEST = ("method", "url")


def start(dsn):
    """Report from now on. The library is imported here, and only by who has set an address."""
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


def before_send(event, _hint):
    """The event without who asked, with what, and from where."""
    for name in ("user", "breadcrumbs", "extra", "server_name"):
        event.pop(name, None)
    if request := event.pop("request", None):
        event["request"] = {name: str(request[name]).partition("?")[0] for name in KEPT_OF_REQUEST if name in request}
    event = scrubbed_all(event)
    if name := current_request():
        event["tags"] = {**(event.get("tags") or {}), "request": name}
    return event
