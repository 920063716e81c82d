"""The order of a recording; `record` runs it in a process of its own, whose clock and chance stand still.

python -m bench.pages_before_after.recording FILE
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def record(file, database_url=""):
    """Write the recording of this checkout to a file; an empty database is needed where one is given."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
            "DJANGO_SETTINGS_MODULE": "bench.pages_before_after.settings",
            "DATABASE_URL": database_url or f"sqlite:///{folder}/site.sqlite3",
            "SECRET_KEY": "known to everybody, for recordings that are compared and for nothing else",
            "SITE_URL": "https://pratiques.example",
            "MEDIA_ROOT": f"{folder}/media",
            "RECORDED_STATIC_ROOT": f"{folder}/static",
            "BACKUP_DIR": f"{folder}/backups",
            "BOUNCE_ADDRESS": "retours@pratiques.example",
            "NEWSLETTER_SEND_AT_ONCE": "false",
            "NEWSLETTER_PER_MINUTE": "0",
            "NEWSLETTER_SIGNUPS_PER_HOUR": "12",
            "PROPOSALS_PER_HOUR": "12",
            "API_RATE": "30/min",
        }
        compile_words = ["--quiet", "compile", "--directory", "locale", "--domain", "django"]
        subprocess.run([sys.executable, "-m", "babel.messages.frontend", *compile_words], cwd=ROOT, check=True)
        command = [sys.executable, "-m", "bench.pages_before_after.recording", str(Path(file).resolve())]
        return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def main(file):
    """Record everything."""
    from bench.pages_before_after import stillness
    from bench.pages_before_after.post import Post

    with Post() as post:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{post.port}"
        stillness.hold()
        import django

        django.setup()
        from bench.pages_before_after.story import tell

        unfinished = Path(f"{file}.unfinished")
        with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=5) as out:
            tell(out, post)
        unfinished.rename(file)


if __name__ == "__main__":
    main(sys.argv[1])
