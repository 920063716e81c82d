"""The comparison of two recordings: which answers differ, each difference told once with all that share it."""

import gzip
import json
import re
from difflib import unified_diff

EDGES = re.compile(r"(?<=“) | (?=”$)")
NAMED = 3
"""Answers that are named for a difference; the others are counted."""


def read(path):
    """The records of a recording, as lines of JSON by key."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {json.loads(line)["key"]: line for line in file}


def lines_of(record, edges=True):
    """A record as lines to compare; without its `edges`, no space beside a tag counts."""
    lines = []
    for name, value in record.items():
        if name != "key":
            lines += [f"[{name}] {value}"] if isinstance(value, str) else [f"[{name}]", *value]
    return lines if edges else [EDGES.sub("", line) for line in lines if line.strip() != "“ ”"]


def compare(before, after, renaming, left_out=(), most=40, edges=True, say=print):
    """Say how two recordings differ; return whether they do.

    Keys that begin as `left_out` says are not compared; `most` lines of each difference are told; `edges` as in
    `lines_of`.
    """
    then = {renaming.key(key): line for key, line in read(before).items() if not key.startswith(left_out or "\0")}
    now = {key: line for key, line in read(after).items() if not key.startswith(left_out or "\0")}
    groups: dict[tuple, list] = {}
    for key in [key for key in then if key in now]:
        record = json.loads(then[key])
        former = lines_of(renaming.record(record) if renaming else record, edges)
        present = lines_of(json.loads(now[key]), edges)
        if former != present:
            told = list(unified_diff(former, present, "avant", "après", n=2, lineterm=""))[2:]
            changed = tuple((line[0], line[1:].strip()) for line in told if line[0] in "+-")
            groups.setdefault(changed, []).append((key, told))
    for found in sorted(groups.values(), key=len):
        _say_group(found, most, say)
    gone, new = ([key for key in one if key not in other] for one, other in ((then, now), (now, then)))
    for key in gone:
        say(f"Disparue : {key}")
    for key in new:
        say(f"Nouvelle : {key}")
    count = sum(map(len, groups.values()))
    say(
        f"Réponses comparées : {len(then) - len(gone)} ; différentes : {count} ; différences : {len(groups)} ; "
        f"disparues : {len(gone)} ; nouvelles : {len(new)}."
    )
    return bool(groups or gone or new)


def _say_group(found, most, say):
    """Say a difference, and which answers have it."""
    _key, told = found[0]
    say("")
    for key, _told in found[:NAMED]:
        say(f"≠ {key}")
    if len(found) > NAMED:
        say(f"  autres : {len(found) - NAMED}")
    for line in told[:most]:
        say(f"    {line}")
    if len(told) > most:
        say(f"    … autres lignes : {len(told) - most}")
