"""Takes the pictures of the editors' guide from the site itself: `make guide-pictures`, where Chromium is installed.

A site of its own, with the founding collection and an account, on a free port; nothing of it is kept but the pictures.
"""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.run import find_chromium

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "static/img/guide"
WIDTH, HEIGHT = 1120, 700
SAMPLE = {
    "title": "Une bricothèque de quartier où l’on apprend à réparer",
    "teaser": "Dans un ancien garage, trente bénévoles prêtent des outils et apprennent à s’en servir. On y vient avec "
    "un objet cassé, on en repart avec un savoir-faire.",
    "response": "L’association a réuni les outils qui dormaient dans les caves, puis formé ses premiers bénévoles avec "
    "un lycée professionnel.",
}


def main():
    """Serve, look, and save."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        site = f"http://127.0.0.1:{port}"
        environ = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/guide.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": site,
            "DEBUG": "true",
        }

        def manage(*arguments):
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout

        manage("migrate", "--verbosity", "0")
        manage("load_collection")
        password = re.search(r"Mot de passe\u00a0: (\S+)", manage("createeditor", "colette"))[1]
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{site}/admin/login/")
            take(site, password)
        finally:
            server.terminate()
            server.wait()


def wait_for(address):
    """Wait until the site answers, a minute at most."""
    for _try in range(120):
        try:
            urlopen(address).close()
        except URLError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The site did not start.")


def take(site, password):
    """Look at each page of the guide as an editor does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(base_url=site, locale="fr-FR", viewport={"width": WIDTH, "height": HEIGHT})
        page.goto("/admin/")
        page.fill("#id_username", "colette")
        page.fill("#id_password", password)
        page.click("[type=submit]")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        save(page, "accueil", clip={"x": 0, "y": 0, "width": WIDTH, "height": 470})
        page.goto("/admin/practices/practice/add/")
        page.fill("#id_title_fr", SAMPLE["title"])
        page.fill("#id_teaser_fr", SAMPLE["teaser"])
        page.locator("[contenteditable=true]").nth(1).fill(SAMPLE["response"])
        page.mouse.click(5, 5)
        sections = page.locator("fieldset.module")
        save(page, "titre", sections.nth(0))
        save(page, "classement", sections.nth(1))
        save(page, "rubriques", page.locator(".form-row.field-response_fr, .form-row.field-response").first)
        save(page, "boutons", page.locator(".submit-row").first)
        browser.close()


def save(page, name, part=None, clip=None):
    """Keep a picture of a part of the page, small."""
    shot = part.screenshot() if part else page.screenshot(clip=clip)
    PICTURES.mkdir(parents=True, exist_ok=True)
    Image.open(BytesIO(shot)).convert("RGB").save(PICTURES / f"{name}.webp", quality=82, method=6)
    print(f"{name}.webp : {(PICTURES / f'{name}.webp').stat().st_size // 1024} ko")


if __name__ == "__main__":
    main()
