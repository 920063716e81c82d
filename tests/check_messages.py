"""The check that `make messages` would find nothing new; that each message is translated is a test's business."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

CATALOGUES = sorted(Path("locale").glob("*/LC_MESSAGES/*.po"))


def messages():
    """Every message of every catalogue, as (language, context, singular, plural)."""
    return {
        (path.parts[1], entry.msgctxt, entry.msgid, entry.msgid_plural)
        for path in CATALOGUES
        for entry in polib.pofile(str(path))
    }


def main():
    """Extract the messages again, print what differs, and leave the catalogues as they were."""
    if not shutil.which("xgettext"):
        print("Les catalogues n’ont pas été comparés aux sources, faute de gettext.")
        return 1 if os.environ.get("CI") else 0

    saved = {path: path.read_bytes() for path in CATALOGUES}
    before = messages()
    try:
        subprocess.run(["make", "--no-print-directory", "messages"], check=True)
        after = messages()
    finally:
        for path, content in saved.items():
            path.write_bytes(content)

    for language, _context, message, _plural in sorted(after - before, key=str):
        print(f"{language} : manque « {message} »")
    for language, _context, message, _plural in sorted(before - after, key=str):
        print(f"{language} : ne sert plus « {message} »")
    if after != before:
        print("Lancez « make messages », puis traduisez ce qui manque.")
    return int(after != before)


if __name__ == "__main__":
    sys.exit(main())
