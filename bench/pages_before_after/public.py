"""The recording of every public address, as somebody without a cookie is answered."""

from bench.pages_before_after import samples
from bench.pages_before_after.visitor import Visitor


def record(recorder, application):
    """Record every public address in every language, and the files that the map of the site names."""
    for address in dict.fromkeys(samples.public_addresses()):
        for path in samples.in_every_language(address):
            recorder.page(Visitor(application), path)
    index = Visitor(application).ask("/sitemap.xml")
    for path in samples.sections_of(index):
        recorder.page(Visitor(application), path)
