"""Owns what the tests of the catalogue share."""

import pytest


@pytest.fixture
def media(settings, tmp_path):
    """An empty folder for the files that people send."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
