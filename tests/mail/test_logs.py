import logging

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from mail.logs import HideTokens
from newsletter import tokens


def logged(message, *args):
    """The line that the site's handler writes."""
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, None)
    assert HideTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("place", ["confirmer", "preferences", "desinscription"])
def test_no_log_keeps_the_word_of_a_mailed_link(place):
    word = tokens.make(tokens.LEAVE, "abc")

    assert logged("Not Found: %s", f"/en/newsletter/{place}/{word}/") == f"Not Found: /en/newsletter/{place}/…/"


def test_other_lines_are_left_alone():
    assert logged("Not Found: %s", "/newsletter/archives/x/") == "Not Found: /newsletter/archives/x/"
    assert logged("100 %") == "100 %"


def test_the_site_logs_through_it():
    [name] = settings.LOGGING["handlers"]["stderr"]["filters"]
    assert import_string(settings.LOGGING["filters"][name]["()"]) is HideTokens
