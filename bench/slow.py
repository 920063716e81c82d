"""The proof that slow clients harm nobody: 200 of them against the shipped nginx, and against granian alone.

    .venv/bin/python -m bench.slow

Some send their headers a letter at a time, some the body of a form, some ask for the whole catalogue as a file and read
it byte by byte; then all three together. They come from ten addresses of the loopback, since nginx bounds what one may
hold. Who is refused or cut off comes back after half a minute. Prints what normal visitors notice.
"""

import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from bench.faults.stage import ROOT, Site, wait_for
from bench.servers import free_port

HOST = "pratiques.example.org"
SECONDS = 10
PATHS = ("/bonnes-pratiques/", "/", "/bonnes-pratiques/?q=emploi", "/newsletter/", "/bonnes-pratiques/?pays=france")
MIXES = {"headers": (0,), "bodies": (1,), "files": (2,), "all three": (0, 1, 2)}
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
UNTRUSTED = ssl._create_unverified_context()


@contextmanager
def nginx(site):
    """The shipped configuration, on a free port and in a folder of its own; yields the port of TLS."""
    port, plain = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-subj", f"/CN={HOST}", "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        shipped = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for old, new in {
            "HOTE": HOST,
            "127.0.0.1:8000": f"127.0.0.1:{site.port}",
            "/etc/ssl/bonnes-pratiques": folder,
            "/var/lib/nginx/bonnes-pratiques": f"{folder}/cache",
            "/var/log/nginx/bonnes-pratiques.log": f"{folder}/error.log",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        }.items():
            shipped = shipped.replace(old, new)
        shipped = re.sub(r"^ *listen \[::\].*\n", "", shipped, flags=re.MULTILINE)
        paths = "".join(
            f"{name}_temp_path {folder}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # The rest is Debian's /etc/nginx/nginx.conf, in what matters here.
        Path(folder, "nginx.conf").write_text(
            f"worker_processes auto; pid {folder}/pid; daemon off; error_log {folder}/main.log;\n"
            f"events {{ worker_connections 768; }}\nhttp {{ {paths}\n{shipped}\n}}\n"
        )
        program = shutil.which("nginx", path="/usr/sbin:/sbin:/usr/bin")
        server = subprocess.Popen([program, "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), OSError)
            yield port
        finally:
            server.terminate()
            server.wait()


def connect(port, tls, source="127.0.0.1"):
    """A connection to the server, from an address of the loopback."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(source, 0))
    return UNTRUSTED.wrap_socket(connection, server_hostname=HOST) if tls else connection


@contextmanager
def slow_clients(port, tls, count=200, kinds=(0, 1, 2)):
    """Clients that send or read a byte a second, as long as they are let, and come back; yields how many are there."""
    over = threading.Event()
    present = set()

    def keep(number):
        host = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
        opening = (
            b"GET / HTTP/1.1\r\n" + host + b"X-Slow: ",
            b"POST /newsletter/ HTTP/1.1\r\n" + host + FORM + b"Content-Length: 5000\r\n\r\n",
            b"GET /bonnes-pratiques/export.json HTTP/1.1\r\n" + host + b"\r\n",
        )[kinds[number % len(kinds)]]
        while not over.is_set():
            with suppress(OSError):
                client = connect(port, tls, f"127.0.1.{1 + number % 10}")
                client.sendall(opening)
                present.add(number)
                while not over.wait(1):
                    if kinds[number % len(kinds)] == 2:
                        if not client.recv(1):
                            break
                    else:
                        client.sendall(b"a")
                client.close()
            present.discard(number)
            over.wait(30)

    threads = [threading.Thread(target=keep, args=[number], daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(12)
        yield present
    finally:
        over.set()
        for thread in threads:
            thread.join(10)


def normal(port, tls, seconds=SECONDS):
    """What two visitors notice: (requests, errors, median, 95th percentile, slowest) in milliseconds."""
    times, errors = [], []

    def visit(first):
        end = time.monotonic() + seconds
        turn = first
        while time.monotonic() < end:
            started = time.monotonic()
            kind, options = (HTTPSConnection, {"context": UNTRUSTED}) if tls else (HTTPConnection, {})
            connection = kind("127.0.0.1", port, timeout=10, **options)
            try:
                connection.request(
                    "GET", PATHS[turn % len(PATHS)], headers={"Host": HOST, "X-Forwarded-Proto": "https"}
                )
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    errors.append(response.status)
            except (OSError, HTTPException) as error:
                errors.append(repr(error))
            finally:
                connection.close()
            times.append((time.monotonic() - started) * 1000)
            turn += 1
            # Below the pages a second that nginx gives to one address.
            time.sleep(max(0, 0.12 - (time.monotonic() - started)))

    threads = [threading.Thread(target=visit, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return len(times), errors, times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]


def main():
    """Measure each server, calm then beset."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder, f"sqlite:///{folder}/db.sqlite3", SITE_URL=f"https://{HOST}", BEHIND_PROXY="true")
        site.fill()
        # An export that no buffer of the kernel holds.
        site.manage("generate_practices", "--count", "3000", "--verbosity", "0")
        with site.served(), nginx(site) as tls_port:
            print("| server | 200 slow clients | held | requests | errors | median | 95 % | slowest |")
            print("|---|---|---:|---:|---:|---:|---:|---:|")
            for name, port, tls in (("nginx, then granian", tls_port, True), ("granian alone", site.port, False)):
                normal(port, tls, 3)
                show(name, "none", 0, normal(port, tls))
                for mix, kinds in MIXES.items():
                    with slow_clients(port, tls, kinds=kinds) as present:
                        found = normal(port, tls)
                        show(name, mix, len(present), found)


def show(name, mix, held, found):
    """Print a line of the table."""
    requests, errors, *times = found
    times = " | ".join(f"{one:.0f} ms" for one in times)
    print(f"| {name} | {mix} | {held} | {requests} | {len(errors)} | {times} |", flush=True)
    if errors:
        print(set(map(str, errors)))


if __name__ == "__main__":
    main()
