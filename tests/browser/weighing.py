"""How a visit is weighed: what was asked for, and the bytes on the wire."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit


def suffix(url):
    """The ending that tells what an address is of: ".css", or "" for a page."""
    return PurePosixPath(urlsplit(url).path).suffix


def weigh(page, context, address):
    """Open a page; return what was asked, how it came, and the bytes of each on the wire."""
    asked, encodings, weights = {}, {}, {}
    devtools = context.new_cdp_session(page)

    def on_request(event):
        asked[event["requestId"]] = event["request"]["url"]

    def on_response(event):
        answer = event["response"]
        encodings[suffix(answer["url"])] = answer["headers"].get("Content-Encoding")

    def on_finished(event):
        weights[asked[event["requestId"]]] = event["encodedDataLength"]

    devtools.on("Network.requestWillBeSent", on_request)
    devtools.on("Network.responseReceived", on_response)
    devtools.on("Network.loadingFinished", on_finished)
    devtools.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    devtools.detach()
    print("\n".join(f"{weight:>7} {url}" for url, weight in weights.items()))
    return asked, encodings, weights
