"""The faults of tiny pictures that cost much to read, sent by strangers, eight at once, under load."""

import io
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.error import HTTPError
from urllib.request import Request, build_opener

from PIL import Image

from bench.faults.report import show
from bench.faults.stage import Site
from bench.faults.traffic import Stay, Traffic
from content.media.drawing import MOST_SCANS
from tests.uploads import progressive

AT_ONCE, WAVES, SLOWEST, PATIENCE = 8, 3, 1.0, 60
"""Pictures sent together, and how often; seconds for 95 pages of 100, and that a sender waits for an answer."""
MEMORY = 2_500_000_000
"""Bytes that all the processes of the site may hold together: its own, and the two pictures that are read at once."""
WORDS = "Le guide de la roulotte"


def slow_scans():
    """A progressive JPEG with scans that change nothing: 300 of 49 megapixels, then as many as anybody may send."""
    return attacked(
        {
            "7000.jpg": progressive((7000, 7000), scans=300),
            "4990.jpg": progressive((4990, 4990), scans=MOST_SCANS - 6),
        }
    )


def heavy_pixels():
    """A WebP of one colour: 2 kB that unfold into most of a gigabyte, then the largest that anybody may send."""
    return attacked({f"{side}.webp": of_one_colour(side) for side in (7070, 4990)})


def of_one_colour(side):
    """The bytes of a square WebP."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), "#4e2f93").save(file, "WEBP", lossless=True)
    return file.getvalue()


def attacked(pictures):
    """Whether pages come in time while pictures, {name: bytes}, are sent by eight at once, and each is told why not."""
    print("; ".join(f"{name}: {len(content)} bytes" for name, content in pictures.items()))
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder, f"sqlite:///{folder}/db.sqlite3", PROPOSALS_PER_HOUR="1000000")
        site.fill()
        with site.served(), Traffic(site, saves=False) as traffic, Memory(site) as memory:
            drafts = begin(site)
            calm = time.monotonic()
            time.sleep(4)
            attack = time.monotonic()
            told = Counter()
            with ThreadPoolExecutor(AT_ONCE) as senders:
                for name in [*pictures] * WAVES:
                    told.update(senders.map(partial(send, site, name, pictures[name]), drafts))
            back = time.monotonic()
            time.sleep(4)
            over = time.monotonic()
        phases = {"before": (calm, attack), "attack": (attack, max(back, attack + 1)), "after": (back + 0.5, over)}
        show(traffic, phases)
    pages = sorted(
        one.seconds for one in traffic.heard if attack - 0.5 <= one.at < max(back, attack + 1) and one.who != "sign-up"
    )
    late = statistics.quantiles(pages, n=20)[-1] if len(pages) > 1 else float("inf")
    wrong = [one.what for one in traffic.heard if one.what not in ("200", "302")]
    print(f"{told.total()} pictures were answered in {back - attack:.1f} s:")
    for what, number in told.most_common():
        print(f"  {number} × {what}")
    print(f"{len(pages)} pages meanwhile, 95 % within {late:.2f} s; other than 200 and 302: {len(wrong)}")
    print(f"memory of the site: {memory.least / 1e6:.0f} MB at rest, {memory.most / 1e6:.0f} MB at most")
    answered = all(what == "taken" or "words kept" in what for what in told)
    return all([late < SLOWEST, not wrong, memory.most < MEMORY, answered])


def begin(site):
    """The addresses of the step of files of new drafts, one a sender."""
    page = build_opener().open(f"{site.url}/proposer/nouvelle/").read().decode()
    fields = {
        "age": re.search(r'name="age" value="([^"]+)"', page)[1],
        "homepage_url": "",
        "title": "La roulotte qui répare",
        "teaser": "Un atelier va de village en village.",
    }
    time.sleep(2.2)  # no person sends the form sooner
    made = [post(site, "/proposer/nouvelle/", fields) for _each in range(AT_ONCE)]
    return [headers["Location"].rsplit("/", 2)[0] + "/image-et-documents/" for _status, _page, headers in made]


def send(site, name, content, path):
    """Send a picture with a title that must not be lost; what the sender was told, in a few words."""
    try:
        words = {"document_1_title": WORDS, "cover_alt": "Une roulotte"}
        status, page, _headers = post(site, path, words, (name, content))
    except TimeoutError:
        return "no answer"
    if status != 200:
        return str(status)
    kept = f'value="{WORDS}"' in page
    problem = re.search(r'href="#id_cover">(.*?)</a>', page, re.DOTALL)
    return f"refused, words {'kept' if kept else 'LOST'}: {problem[1].split('.')[0].strip()}" if problem else "taken"


def post(site, path, fields, file=None):
    """Send a form, with a picture or without (RFC 7578); return the status, the page and the headers."""
    part = '--limit\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'.format
    body = "".join(f"{part(name, '')}{value}\r\n" for name, value in fields.items()).encode()
    if file:
        body += part("cover", f'; filename="{file[0]}"').encode() + file[1] + b"\r\n"
    headers = {"Origin": site.url, "Content-Type": "multipart/form-data; boundary=limit"}
    request = Request(site.url + path, body + b"--limit--\r\n", headers)
    try:
        response = build_opener(Stay).open(request, timeout=PATIENCE)
    except HTTPError as error:
        response = error
    return response.status, response.read().decode(), response.headers


class Memory:
    """The bytes that the processes of a site hold together, looked at ten times a second until the block ends."""

    def __init__(self, site):
        self.site, self.most, self.least = site, 0, float("inf")
        self.over = threading.Event()

    def __enter__(self):
        self.watch = threading.Thread(target=self._look)
        self.watch.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.watch.join()

    def _look(self):
        while not self.over.wait(0.1):
            listed = subprocess.run(["ps", "-o", "rss=", "-s", str(self.site.pid)], capture_output=True, text=True)
            held = sum(map(int, listed.stdout.split())) * 1024
            self.most, self.least = max(self.most, held), min(self.least, held)
