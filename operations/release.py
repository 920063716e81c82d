"""Which version of the software this is, as pyproject.toml says; what each version brought is in CHANGELOG.md."""

import tomllib

from django.conf import settings


def version() -> str:
    """Return the version, as "0.9.0"."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
