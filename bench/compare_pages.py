"""The proof that a change of the code changes nothing that a visitor, an editor or a reader sees.

    python -m bench.compare_pages record FOLDER
    python -m bench.compare_pages compare BEFORE AFTER [--renamed FILE] [--except PREFIX] [--no-edges]

`record` writes FOLDER/pages.jsonl.gz: every public address, the desk and all the mails, on a clock that stands still.
`compare` prints each difference between two recordings, and ends with 1 when there is one.
"""

import argparse
import sys
from pathlib import Path

from bench.pages_before_after.differences import compare
from bench.pages_before_after.recording import record
from bench.pages_before_after.renaming import Renaming

NAME = "pages.jsonl.gz"


def main():
    """Record, or compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare_pages", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("folder", type=Path)
    recording.add_argument("--database", default="", help="an empty database; a new SQLite file otherwise")
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path, help="a recording, or its folder")
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--renamed", type=Path, help="a TOML file: classes, ids, data, static; from = to")
    comparing.add_argument("--except", dest="left_out", default=[], action="append", help="the beginning of keys")
    comparing.add_argument("--no-edges", action="store_true", help="let no space beside a tag count: to see what else")
    comparing.add_argument("--lines", type=int, default=40, help="lines that are printed of a difference")
    asked = parser.parse_args()
    if asked.command == "record":
        asked.folder.mkdir(parents=True, exist_ok=True)
        return record(asked.folder / NAME, asked.database)
    before, after = (one / NAME if one.is_dir() else one for one in (asked.before, asked.after))
    renaming = Renaming.read(asked.renamed) if asked.renamed else Renaming()
    return int(compare(before, after, renaming, tuple(asked.left_out), asked.lines, not asked.no_edges))


if __name__ == "__main__":
    sys.exit(main())
