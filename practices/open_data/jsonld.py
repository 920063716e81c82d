"""What search engines read of a page: practices and the collection in the words of schema.org, as JSON-LD."""

from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from content.languages import content_languages, told_in
from content.templatetags.site import absolute
from practices.open_data.formats import FORMATS


def practice_data(practice):
    """Return a practice as an Article, and its place among the pages as a BreadcrumbList."""
    url = absolute(practice.get_absolute_url())
    listing = absolute(reverse("practices:listing"))
    article = {
        "@type": "Article",
        "@id": url,
        "url": url,
        "headline": practice.title,
        "description": practice.teaser,
        "inLanguage": told_in(practice, "title"),
        "datePublished": practice.published_at.isoformat(),
        "dateModified": max(practice.updated_at, practice.published_at).isoformat(),
        "author": _site(),
        "publisher": _site(),
        "isPartOf": {"@type": "Dataset", "@id": listing, "name": settings.SITE_NAME},
        "image": _image(practice.picture),
        "associatedMedia": [
            {
                "@type": "DigitalDocument",
                "name": one.title,
                "url": absolute(one.file.url),
                "encodingFormat": one.media_type,
                "inLanguage": one.language,
            }
            for one in practice.documents.all()
        ],
        "genre": practice.kind.name,
        "spatialCoverage": [
            {"@type": "Country", "name": country.name, "identifier": country.code}
            for country in practice.countries.all()
        ],
        "keywords": [
            term.name for terms in (practice.themes, practice.sectors, practice.audiences) for term in terms.all()
        ],
        "about": [
            {"@type": "Organization", "name": one.name, "url": one.website} for one in practice.organisations.all()
        ],
        "temporalCoverage": _years(practice),
        "citation": [
            {"@type": "CreativeWork", "name": one.title, "url": one.url}
            for one in practice.links.all()
            if one.is_source
        ],
        "license": settings.CONTENT_LICENCE_URL,
    }
    crumbs = [
        (_("Home"), absolute(reverse("practices:home"))),
        (_("All good practices"), listing),
        (practice.title, url),
    ]
    return {"@context": "https://schema.org", "@graph": [_told(article), _breadcrumb(crumbs)]}


def collection_data(filterset, count, description):
    """Return the whole collection as a Dataset, with the files it can be had in."""
    url = absolute(reverse("practices:listing"))
    snapshot, newest = filterset.snapshot, filterset.everything[:1]
    published = [snapshot.rows[snapshot.slots[pk]].published_at / 1_000_000 for pk in newest]
    countries = filterset.facet("pays")
    dataset = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": url,
        "url": url,
        "name": settings.SITE_NAME,
        "description": description,
        "inLanguage": content_languages(),
        "creator": _site(),
        "dateModified": datetime.fromtimestamp(published[0], UTC).isoformat() if published else None,
        "isAccessibleForFree": True,
        "size": count,
        "keywords": list(filterset.facet("theme").labels.values()),
        "spatialCoverage": [option.label for option in countries.options if option.count],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": content_type.partition(";")[0],
                "contentUrl": absolute(reverse(f"practices:export-{extension}")),
            }
            for extension, (_write, content_type) in FORMATS.items()
        ],
        "license": settings.CONTENT_LICENCE_URL,
    }
    return _told(dataset)


def _told(data):
    """Without what is not known."""
    return {
        key: [_told(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value
        for key, value in data.items()
        if value not in (None, "", [])
    }


def _breadcrumb(crumbs):
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate(crumbs, start=1)
        ],
    }


def _image(picture):
    if picture is None:
        return None
    image = {
        "@type": "ImageObject",
        "url": absolute(picture.url),
        "width": picture.width,
        "height": picture.height,
        "caption": picture.alt,
        "creditText": picture.credit,
    }
    return _told(image)


def _years(practice):
    """The years as an ISO 8601 interval, open where one is not known."""
    if not (practice.start_year or practice.end_year):
        return ""
    return f"{practice.start_year or '..'}/{practice.end_year or '..'}"


def _site():
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": absolute("/")}
