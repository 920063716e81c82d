"""How the page of a practice is laid out, whatever is known of it."""

import pytest

from tests.browser.collection import RICH, THIN
from tests.browser.page_types import LISTING
from tests.browser.screens import DESKTOP

pytestmark = pytest.mark.usefixtures("site")


@pytest.mark.parametrize(("slug", "share"), [(RICH, 0.3), (THIN, 1)])
def test_the_facts_take_a_column_beside_the_text_and_the_whole_width_where_there_is_none(page, slug, share):
    page.set_viewport_size(DESKTOP)
    page.goto(f"{LISTING}{slug}/")

    whole = page.locator(".practice").bounding_box()["width"]
    facts = page.get_by_role("complementary", name="En bref").bounding_box()["width"]

    assert facts == pytest.approx(share * whole, rel=0.2)
