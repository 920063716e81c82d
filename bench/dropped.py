"""The proof that a server killed while somebody writes a proposal loses nothing of the steps already sent.

    .venv/bin/python bench/dropped.py [--port 8179]

It starts granian on a new SQLite file, sends steps, kills it with SIGKILL in the middle of the next one (half of whose
bytes are sent), starts it again and reads the draft by its link; at each step. It takes about a minute.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

PDF = b"%PDF-1.7\n" + b"0" * 500_000 + b"\n%%EOF\n"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
STEPS = [
    ("qui-ou-quand", {"organisation": "Les Bricoleurs du Morvan", "start_year": "2019"}),
    ("recit", {"response": "Nous avons aménagé une roulotte."}),
    ("image-et-documents", {"document_1_title": "Le guide", "document_1": ("guide.pdf", PDF)}),
    ("vous", {"name": "Colette Durand", "email": "colette@example.org", "credit": "name"}),
]


def encoded(fields):
    """A form as a browser sends it, with its media type; a file is (name, bytes)."""
    if not any(isinstance(value, tuple) for value in fields.values()):
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    edge, parts = "edge-of-a-part", b""
    for name, value in fields.items():
        called, content = value if isinstance(value, tuple) else ("", value.encode())
        file = f'; filename="{called}"' if called else ""
        parts += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return parts + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def start(port):
    """A server that answers, in a group of its own."""
    options = ["--interface", "wsgi", "--no-ws", "--log-level", "error", "--host", "127.0.0.1", "--port", str(port)]
    command = [str(Path(sys.executable).with_name("granian")), *options, "bonnespratiques.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    for _attempt in range(300):
        try:
            ask(port, "GET", "/proposer/nouvelle/")
            return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


def ask(port, method, path, fields=None):
    """One request; return the status, the address it leads to, and the page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    body, kind = encoded(fields) if fields else (None, "")
    connection.request(method, path, body, {"Content-Type": kind} if fields else {})
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location", ""), answer.read().decode()


def cut(port, path, fields):
    """Send half of a form, and leave the connection open."""
    body, kind = encoded(fields)
    line = socket.create_connection(("127.0.0.1", port))
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
    line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
    time.sleep(0.3)
    return line


def kill(server):
    """End the server and its workers as a power cut would."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def main():
    """Write a proposal on a server that dies at each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8179)
    port = parser.parse_args().port
    folder = tempfile.TemporaryDirectory()
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder.name}/dropped.sqlite3",
        "MEDIA_ROOT": f"{folder.name}/media",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DEBUG": "true",
        "NEWSLETTER_SEND_AT_ONCE": "false",
        "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    import django

    django.setup()
    from mail.honeypot import SHOWN

    server = start(port)
    try:
        age = SHOWN.sign(f"{time.time() - 60:.1f}")
        first = {"title": "La roulotte qui répare", "teaser": "De village en village.", "age": age, "homepage_url": ""}
        _status, leads_to, _page = ask(port, "POST", "/proposer/nouvelle/", first)
        draft = leads_to.rsplit("/", 2)[0]
        sent, lost = [("essentiel", first["title"])], 0
        for step, fields in STEPS:
            line = cut(port, f"{draft}/{step}/", fields)
            kill(server)
            line.close()
            server = start(port)
            for before, words in sent:
                kept = words in ask(port, "GET", f"{draft}/{before}/")[2]
                lost += not kept
                print(f"killed during “{step}”: “{before}” is {'kept' if kept else 'LOST'}", flush=True)
            ask(port, "POST", f"{draft}/{step}/", fields)
            sent += [(step, value[0] if isinstance(value, tuple) else value) for value in list(fields.values())[:2]]
        return int(bool(lost))
    finally:
        kill(server)


if __name__ == "__main__":
    sys.exit(main())
