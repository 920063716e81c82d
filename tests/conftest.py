"""Owns what every test shares."""

import os

from hypothesis import settings

# A slow machine is not a failure, and what a failure needs to be reproduced is printed.
settings.register_profile("site", deadline=None, print_blob=True)
# Continuous integration judges a change: the same code always meets the same examples; `make test` looks for new ones.
settings.register_profile("ci", settings.get_profile("site"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI", "").lower() in ("1", "true") else "site")
