"""The settings of the measured site: the site's own, with an address that does nothing to compare with."""

from bonnespratiques.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
