"""The settings of the recorded site: its own, without what a developer's .env file says."""

import os

import environ

environ.Env.read_env = staticmethod(lambda *args, **kwargs: None)

from bonnespratiques.settings import *  # noqa: E402, F403
from bonnespratiques.settings import STORAGES  # noqa: E402

STATIC_ROOT = os.environ["RECORDED_STATIC_ROOT"]
# The names of the site, without the compressed copies: they take longer to make than all the pages.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
