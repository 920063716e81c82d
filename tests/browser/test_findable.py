"""What every type of page says of itself to search engines: title, description, canonical address, languages."""

from collections import Counter

import pytest

from tests.browser.page_types import LISTING, VISITOR_PAGES

pytestmark = pytest.mark.usefixtures("site")

ADDRESSES = VISITOR_PAGES | {
    "proposing": "/proposer/",
    "English proposing": "/en/proposer/",
    "theme": f"{LISTING}theme/handicap/",
    "legal notice": "/mentions-legales/",
    "personal data": "/donnees-personnelles/",
}
HEAD = """() => {
  const all = (choice, name) => [...document.head.querySelectorAll(choice)].map(one => one.getAttribute(name));
  return {
    language: document.documentElement.lang,
    title: document.title,
    description: all("meta[name=description]", "content"),
    robots: all("meta[name=robots]", "content").join(),
    canonical: all("link[rel=canonical]", "href"),
    languages: Object.fromEntries(
      [...document.head.querySelectorAll("link[hreflang]")].map(one => [one.hreflang, one.getAttribute("href")])),
  };
}"""


@pytest.fixture(scope="module")
def heads(site, browser):
    """What the head of each type of page says."""
    context = browser.new_context(base_url=site.url)
    page, found = context.new_page(), {}
    for name, address in ADDRESSES.items():
        page.goto(address, wait_until="domcontentloaded")
        found[name] = page.evaluate(HEAD)
    context.close()
    return found


def findable(heads):
    """The pages that a search engine may list."""
    return {name: head for name, head in heads.items() if "noindex" not in head["robots"]}


def test_combinations_selections_and_refusals_are_not_listed(heads):
    hidden = heads.keys() - findable(heads).keys()

    assert {name.removeprefix("English ") for name in hidden} == {
        *("filtered listing", "listing with a notice", "empty listing", "term without practice", "404", "400"),
        *("selection", "empty selection", "comparison", "booklet", "newsletter from a list", "newsletter asked for"),
    }
    assert {name: head["languages"] for name, head in heads.items() if name in hidden and head["languages"]} == {}


def test_each_page_has_a_title_and_a_description_of_its_own(heads):
    pages = findable(heads)
    titles = Counter((head["language"], head["title"]) for head in pages.values())
    descriptions = Counter((head["language"], *head["description"]) for head in pages.values())
    # The home page, the list and its second page tell of the same collection.
    shared = {pages["listing"]["description"][0], pages["English listing"]["description"][0]}

    assert {title: times for title, times in titles.items() if times > 1} == {}
    assert {said for said, times in descriptions.items() if times > 1 and said[1] not in shared} == set()
    assert {
        name: head["description"] for name, head in pages.items() if not 80 <= len(*head["description"]) <= 320
    } == {}


def test_each_page_names_its_address_and_those_of_its_translations(heads, base_url):
    pages, wrong = findable(heads), {}

    for name, head in pages.items():
        own = f"{base_url}{ADDRESSES[name]}"
        french = own.replace(f"{base_url}/en/", f"{base_url}/")
        languages = {"fr": french, "en": french.replace(base_url, f"{base_url}/en", 1), "x-default": french}
        if head["canonical"] != [own] or head["languages"] != languages:
            wrong[name] = head["canonical"], head["languages"]

    assert wrong == {}
