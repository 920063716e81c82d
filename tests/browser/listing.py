"""How a test reads the list of practices and its form, by the roles and words that a visitor meets."""


def results(page):
    """The titles of the practices found."""
    return page.get_by_role("main").get_by_role("article").get_by_role("heading")


def chips(page):
    """The links that remove what is chosen, the last one everything."""
    return page.get_by_role("heading", name="Filtres appliqués").locator("xpath=..").get_by_role("link")


def facet(page, name):
    """One group of options."""
    return page.get_by_role("group", name=name, exact=True)


def ticked(page):
    """The values of the boxes that are ticked, in closed groups too."""
    return page.get_by_role("checkbox", checked=True, include_hidden=True).evaluate_all(
        "all => all.map(one => one.value)"
    )
