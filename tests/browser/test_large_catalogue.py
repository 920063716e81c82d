"""What a visit to a large catalogue costs, where every country, sector, theme and year is an option of a facet."""

import pytest
from django.core.management import call_command

from tests.browser.page_types import LISTING
from tests.browser.weighing import weigh


@pytest.fixture(scope="module")
def large_site(site, django_db_blocker):
    """The site with a thousand practices more, as `generate_practices` makes them."""
    with django_db_blocker.unblock():
        call_command("generate_practices", count=1000, seed=1, verbosity=0)
    return site


@pytest.mark.usefixtures("large_site")
def test_a_first_visit_to_a_large_list_is_light_too(page, context):
    asked, _encodings, weights = weigh(page, context, LISTING)

    assert page.get_by_role("checkbox", include_hidden=True).count() > 120
    assert len(asked) <= 15
    assert sum(weights.values()) < 60_000
