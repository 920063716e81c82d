"""The proof that what is sent is read outside the server's process, within bounds, and in nobody's way."""

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from django.core.exceptions import ValidationError

from content.media import sandbox
from content.media.documents import store_document
from content.media.images import store_picture
from content.media.sandbox import EDITOR, STRANGER, Allowance, Busy, Exhausted, Failed
from operations import throttling
from tests.uploads import document, picture, sent

SMALL = Allowance(1, 200, ("editors",), BoundedSemaphore(1))


@pytest.fixture
def read(monkeypatch, tmp_path, settings):
    """Call it: it has a module of one function, whose body is given, read a file."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "content").symlink_to(Path(sandbox.__file__).parents[1])

    def run(body, allowance=SMALL, **arguments):
        tmp_path.joinpath("reader.py").write_text(f"def read(file, **arguments):\n    {body}\n", encoding="utf-8")
        return sandbox.run("reader", sent(b"some bytes", "a.txt"), arguments, allowance)

    return run


def test_a_module_reads_a_file_in_another_process_and_tells_what_it_found(read):
    body = "import os; return [file.read().decode(), os.getpid(), arguments], {'a': b'one', 'b': b''}"

    (content, pid, arguments), files = read(body, most=3)

    assert (content, arguments, files) == ("some bytes", {"most": 3}, {"a": b"one", "b": b""})
    assert pid != os.getpid()


def test_a_reader_has_neither_the_settings_nor_the_secrets_of_the_site(read, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "known to the server")
    body = "import os, sys; return [sorted(os.environ), 'django' in sys.modules], {}"

    (names, django), _files = read(body)

    assert (set(names) - {"LC_CTYPE"}, django) == ({"LC_ALL", "PATH"}, False)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("while True: pass", Exhausted),
        ("return [bytearray(300_000_000), 1], {}", Exhausted),
        ("import signal; signal.alarm(1); signal.pause()", Exhausted),
        ("raise ZeroDivisionError", Failed),
        ("import os; os.abort()", Failed),
        ("import os; os._exit(7)", Failed),
    ],
)
def test_whatever_a_reader_does_the_server_gets_an_answer_soon(read, body, error):
    started = time.monotonic()

    with pytest.raises(error):
        read(body)

    assert time.monotonic() - started < 30


def test_a_reader_that_writes_too_much_is_stopped(read):
    with pytest.raises(Failed):
        read("return {}, {'a': bytes(101_000_000)}", EDITOR)


def test_a_reader_gives_way_to_pages_and_goes_first_when_memory_lacks(read):
    (nice, score), _files = read("import os; return [os.nice(0), open('/proc/self/oom_score_adj').read()], {}")

    assert nice == min(19, os.nice(0) + 10)
    assert score.strip() == "1000"


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold(settings, tmp_path):
    """Call it: another process of the machine reads in a place, until the test is over."""
    settings.RUNTIME_DIR, held = tmp_path / "run", []
    settings.RUNTIME_DIR.mkdir()

    def take(place):
        command = [sys.executable, "-c", HOLD, settings.RUNTIME_DIR / f"reading-{place}.lock"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        held.append(process)
        assert process.stdout.readline() == b"held\n"

    yield take
    for process in held:
        process.communicate()


def test_places_are_those_of_the_machine_and_waiting_for_one_is_bounded(read, hold, monkeypatch):
    monkeypatch.setattr(sandbox, "LONGEST_WAIT", 0.1)
    hold("everybody")

    with pytest.raises(Busy):
        read("return 1, {}", STRANGER)
    assert read("return 1, {}", EDITOR) == (1, {})
    hold("editors")
    with pytest.raises(Busy):
        read("return 1, {}", EDITOR)


def test_a_place_is_given_back_whatever_the_reader_did(read, monkeypatch):
    monkeypatch.setattr(sandbox, "LONGEST_WAIT", 0.0)
    for _time in range(3):
        with pytest.raises(Failed):
            read("raise ZeroDivisionError")

    assert read("return 1, {}") == (1, {})


def test_a_process_of_the_server_keeps_threads_for_pages(read, monkeypatch):
    with sandbox._turn(STRANGER):
        with pytest.raises(Busy):
            read("return 1, {}", STRANGER)
        assert read("return 1, {}", EDITOR) == (1, {})
    taken = [throttling.take() for _each in range(throttling.AT_ONCE)]
    with pytest.raises(Busy):
        read("return 1, {}", EDITOR)
    for give_back in taken:
        give_back()
    assert read("return 1, {}", STRANGER) == (1, {})


SENTENCES = {
    Busy: "Beaucoup de fichiers arrivent en ce moment",
    OSError: "le disque est plein ou hors d’atteinte",
    Exhausted: "demande trop de temps ou de mémoire",
    Failed: "est abîmé",
}


@pytest.mark.parametrize("error", SENTENCES)
@pytest.mark.parametrize(("store", "upload"), [(store_picture, picture), (store_document, document)])
def test_each_way_to_fail_is_a_sentence(media, monkeypatch, error, store, upload):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr(sandbox, "run", fail)

    with pytest.raises(ValidationError, match=SENTENCES[error]):
        store(upload())
    assert list(media.iterdir()) == []


def test_a_file_on_the_disk_is_read_where_it_is(media, settings):
    from django.core.files.uploadedfile import TemporaryUploadedFile

    with TemporaryUploadedFile("a.pdf", "application/pdf", 0, None) as upload:
        upload.write(document().read())
        upload.size = upload.tell()

        assert store_document(upload).endswith(".pdf")
        upload.seek(0)
        assert BytesIO(upload.read()).getvalue() == document().read()
