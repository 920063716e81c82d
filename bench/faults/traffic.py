"""The people of a fault: visitors who read, readers who sign up, an editor who saves; and what each was told."""

import http.client
import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import count
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

KEPT = ("/", "/bonnes-pratiques/", "/en/", "/bonnes-pratiques/?pays=france", "/bonnes-pratiques/flux.atom")
INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("key_figures", "links", "images", "documents")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}.items()
}
PATIENCE = 10


@dataclass
class Heard:
    """One answer: when it was asked, by whom, what came and how long it took."""

    at: float
    who: str
    what: str
    seconds: float


@dataclass
class Traffic:
    """Everybody at once against a site, from `start` to `stop`."""

    site: object
    saves: bool = True
    picture: bytes = b""  # what the editor sends with each practice
    signups: bool = True
    readers: int = 3
    pause: float = 0.02
    heard: list = field(default_factory=list)
    acknowledged: dict = field(default_factory=lambda: defaultdict(list))
    samples: dict = field(default_factory=dict)

    def __enter__(self):
        self.over = threading.Event()
        self.numbers = count(1)
        for path in KEPT:
            for _each in range(6):
                self.read("kept", path)
        self.heard.clear()
        workers = [threading.Thread(target=self._reader, args=[one]) for one in range(self.readers)]
        if self.signups:
            age = re.search(r'name="age" value="([^"]+)"', self._get("/newsletter/")[1])[1]
            time.sleep(2.2)  # no person sends the form sooner
            workers.append(threading.Thread(target=self._subscriber, args=[age]))
        if self.saves:
            self.sign_in()
            workers.append(threading.Thread(target=self._editor))
        self.threads = workers
        for thread in workers:
            thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join()
        if any(one.what == "500" for one in self.heard):
            print(self.site.log.read_text()[-4000:])

    # Reading

    def _reader(self, number):
        while not self.over.wait(self.pause):
            turn = next(self.numbers)
            if turn % 2:
                self.read("kept", KEPT[turn // 2 % len(KEPT)])
            else:
                self.read("other", f"/bonnes-pratiques/?q=mot{turn}")

    def read(self, who, path):
        """Ask for a page, and note what came."""
        self._note(who, lambda: self._get(path))

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def _note(self, who, ask):
        at = time.monotonic()
        try:
            response, body = ask()
            what = str(response.status)
            if response.status == 503:
                dressed = 'class="site-header"' in body and response.headers.get("Retry-After")
                what = "503 dressed" if dressed else "503 bare"
            elif who == "save" and response.status == 200:
                whole = "Le fichier n’a pas pu être gardé" in body and 'value="Épreuve ' in body
                what = "200 told why, words kept" if whole else "200 refused"
            self.samples.setdefault((who, what), body)
        except TimeoutError:
            what = "no answer"
        except (OSError, http.client.HTTPException) as error:
            what = f"cut ({type(error).__name__})"
        self.heard.append(Heard(at, who, what, time.monotonic() - at))
        return what

    # Writing

    def _subscriber(self, age):
        while not self.over.wait(0.1):
            email = f"lectrice{next(self.numbers)}@example.org"
            fields = {"email": email, "letters": "on", "language": "fr", "frequency": "", "age": age}
            if self._note("sign-up", lambda fields=fields: self._post("/newsletter/", fields)) == "302":
                self.acknowledged["sign-up"].append(email)

    def _post(self, path, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site.url}
            connection.request("POST", path, urlencode(fields), kind)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def sign_in(self):
        """Open the back office as the editor."""
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Stay)
        page = self._open("/admin/login/")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        fields = {
            "username": "colette",
            "password": self.site.password,
            "csrfmiddlewaretoken": token,
            "next": "/admin/",
        }
        response, _page = self._open("/admin/login/", fields)
        assert response.status == 302, response.status
        page = self._open("/admin/practices/practice/add/")[1]
        self.form = {
            "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1],
            **INLINES,
        }
        self.form |= self.site.terms
        # The form is what it is on this day; one that is refused would prove nothing.
        assert self.save() == "302", self.samples

    def _open(self, path, fields=None):
        kind, data = encoded(fields, self.picture) if fields else ("text/plain", None)
        request = Request(self.site.url + path, data, {"Origin": self.site.url, "Content-Type": kind})
        try:
            response = self.opener.open(request, timeout=PATIENCE)
        except HTTPError as error:
            response = error
        return response, response.read().decode()

    def save(self):
        """Add a practice, with a link and a figure: four tables in one save; what it was told."""
        title = f"Épreuve {next(self.numbers)}"
        fields = {
            **self.form,
            "title_fr": title,
            "slug": "",
            "teaser_fr": "Une accroche.",
            "_save": "1",
            "links-TOTAL_FORMS": 1,
            "links-0-title_fr": "Source",
            "links-0-url": "https://example.org/",
            "links-0-order": 1,
            "key_figures-TOTAL_FORMS": 1,
            "key_figures-0-value_fr": "12",
            "key_figures-0-label_fr": "lieux",
            "key_figures-0-order": 1,
        }
        what = self._note("save", lambda: self._open("/admin/practices/practice/add/", fields))
        if what == "302":
            self.acknowledged["save"].append(title)
        return what

    def _editor(self):
        while not self.over.wait(0.1):
            self.save()

    # Counting

    def told(self, since, until):
        """{who: Counter of what} and the slowest answer of each, of the requests asked between two moments."""
        counts, slowest = defaultdict(Counter), defaultdict(float)
        for one in list(self.heard):
            if since <= one.at < until:
                counts[one.who][one.what] += 1
                slowest[one.who] = max(slowest[one.who], one.seconds)
        return counts, slowest


def encoded(fields, picture):
    """A form as (media type, bytes), with a picture where there is one (RFC 7578)."""
    if not picture:
        return "application/x-www-form-urlencoded", urlencode(fields, doseq=True).encode()
    part = '--limit\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'.format
    words = "".join(f"{part(name, '')}{value}\r\n" for name, value in {**fields, "cover_decorative": "on"}.items())
    file = part("cover", '; filename="photo.jpg"').encode() + picture
    return "multipart/form-data; boundary=limit", words.encode() + file + b"\r\n--limit--\r\n"


class Stay(HTTPRedirectHandler):
    """Show redirections instead of following them."""

    def redirect_request(self, *args):
        return None
