"""The programs that are measured over HTTP: how each is started on the loopback, stopped, and asked by wrk."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

BIN = Path(sys.executable).parent
WORKERS = 2


def free_port():
    """A port of the loopback that nothing has."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def running(command, port, path="/", environ=None):
    """Run a server in a group of its own until the block ends; yields its address once `path` answers."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, env={**os.environ, **(environ or {})}, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _attempt in range(300):
                if server.poll() is not None:
                    log.seek(0)
                    raise RuntimeError(f"{command[0]}: {log.read().decode(errors='replace')[-800:]}")
                with suppress(URLError, OSError):
                    urlopen(address + path, timeout=60).read()  # a page of a peer may be slow
                    break
                time.sleep(0.1)
            yield address
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, 15)
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, 9)


def granian(port, workers=WORKERS):
    """The command of granian, as `make serve` gives it."""
    threads = ["--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [
        str(BIN / "granian"),
        "--interface",
        "wsgi",
        *threads,
        *address,
        "--workers",
        str(workers),
        "bonnespratiques.wsgi:application",
    ]


def gunicorn(port, workers=WORKERS):
    """The command of gunicorn, with as many processes and threads."""
    return [
        *(str(BIN / "gunicorn"), "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"),
        *("--workers", str(workers), "--bind", f"127.0.0.1:{port}", "bonnespratiques.wsgi:application"),
    ]


def datasette(port, database):
    """The command of Datasette on a file, with time enough for its slowest answer."""
    limits = ["sql_time_limit_ms", "facet_time_limit_ms", "facet_suggest_time_limit_ms"]
    settings = [
        one
        for name, value in zip(limits, (120_000, 120_000, 1), strict=True)
        for one in ("--setting", name, str(value))
    ]
    return [
        str(BIN / "datasette"),
        "serve",
        str(database),
        "--port",
        str(port),
        *settings,
        "--setting",
        "suggest_facets",
        "off",
    ]


def nginx(port, folder, file):
    """The command of nginx serving one file, compressed beforehand or not, with as many processes."""
    configuration = Path(folder) / "nginx.conf"
    configuration.write_text(
        f"""worker_processes {WORKERS}; pid {folder}/pid; daemon off; error_log {folder}/error.log;
        events {{ worker_connections 1024; }}
        http {{ access_log off; default_type text/html; keepalive_requests 1000000; sendfile on;
        client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
        uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
        server {{ listen 127.0.0.1:{port}; root {Path(file).parent}; location / {{ try_files /{Path(file).name} =404; }} }} }}"""
    )
    Path(folder).chmod(0o755)
    Path(file).chmod(0o644)
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    return [program, "-p", str(folder), "-c", str(configuration)] if program else None


def wrk(address, *, seconds=5, connections=16, headers=(), paths=()):
    """Requests a second, and the 50th and 95th percentile in milliseconds, of one address, or of `paths` in turn."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if paths:
            listed = ", ".join(f'"{path}"' for path in paths)
            script.write(f"local paths, turn = {{{listed}}}, 0\n")
            script.write("request = function() turn = turn + 1; return wrk.format(nil, paths[turn % #paths + 1]) end\n")
        script.write(
            "done = function(summary, latency, requests) io.write(string.format('RESULT %f %f %f %d\\n', "
            "summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000, "
            "summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout)) end"
        )
        script.flush()
        named = [one for header in headers for one in ("-H", header)]
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name, *named, address]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    rate, middle, late, errors = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+)", said).groups()
    return {"rate": float(rate), "median": float(middle), "p95": float(late), "errors": int(errors)}


@contextmanager
def slow_clients(port, count=200):
    """Connections that have sent half of their headers and send a letter more now and then, for as long as the block."""
    clients = []
    try:
        for _number in range(count):
            client = socket.create_connection(("127.0.0.1", port), timeout=5)
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a")
            clients.append(client)
        yield clients
    finally:
        for client in clients:
            client.close()
