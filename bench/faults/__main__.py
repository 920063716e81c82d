"""The command: each fault by its name, what it printed, and whether the promises were kept.

    .venv/bin/python -m bench.faults [NAME…]     all of them by default; `make faults ARGS="postgresql-frozen"`

Every server is the fault's own, on the loopback, in a temporary folder. `docs/reliability.md` keeps the figures.
"""

import argparse
import sys
import time

from bench.faults import disk, kill, pictures, pooler, postgresql, services

FAULTS = {
    "postgresql-stopped": postgresql.stopped,
    "postgresql-frozen": postgresql.frozen,
    "redis-stopped": services.redis_stopped,
    "redis-frozen": services.redis_frozen,
    "mail-away": services.mail_away,
    "workers-killed": kill.workers,
    "import-killed": kill.importing,
    "disk-full": disk.sqlite_full,
    "uploads-disk": disk.media,
    "pictures-scans": pictures.slow_scans,
    "pictures-pixels": pictures.heavy_pixels,
    "pooler": pooler.calm,
    "pooler-postgresql-stopped": pooler.stopped,
}


def main():
    """Run the faults that are named; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FAULTS))
    names = parser.parse_args().names or list(FAULTS)
    if unknown := set(names) - set(FAULTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    broken = []
    for name in names:
        print(f"\n## {name}", flush=True)
        started = time.monotonic()
        if not FAULTS[name]():
            broken.append(name)
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    print("\nPromises broken:", ", ".join(broken) or "none")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
