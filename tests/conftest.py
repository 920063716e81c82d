"""Owns what every test shares."""

from hypothesis import settings

# A slow machine is not a failure, and what a failure needs to be reproduced is printed.
settings.register_profile("site", deadline=None, print_blob=True)
settings.load_profile("site")
