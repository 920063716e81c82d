"""What rich text may hold: the small vocabulary of sections and pages, and its sanitising."""

import re
from html import unescape

import nh3
from django.utils.html import linebreaks, strip_tags
from django.utils.text import Truncator

TAGS = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "abbr", "cite"}
ATTRIBUTES = {"a": {"href", "hreflang"}, "abbr": {"title"}, "*": {"lang"}}
SCHEMES = {"http", "https", "mailto", "tel"}
OPENING = 200
"""Characters of a description."""
BLOCK = re.compile(r"<(p|ul|ol|h2|h3|h4|blockquote)\b", re.IGNORECASE)
BLOCK_END = re.compile(r"<br>|</(p|li|h2|h3|h4|blockquote)>", re.IGNORECASE)


def clean_html(text: str) -> str:
    """Return `text` as HTML of the small vocabulary; text without a block element is cut into paragraphs.

    A blank line starts a paragraph, so that an editor may type plain text. Idempotent.
    """
    html = _sanitised(text)
    if html and not BLOCK.search(html):
        # Cutting may have left an element open at the end of a paragraph.
        html = _sanitised(linebreaks(html))
    return html


def _sanitised(html: str) -> str:
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")
    return html.replace("&nbsp;", "\u00a0").strip()


def opening(html: str) -> str:
    """Return the first words of rich text as plain text of at most `OPENING` characters, cut with an ellipsis.

    It is what a search engine prints under a title.
    """
    words = unescape(strip_tags(BLOCK_END.sub(" ", html)))
    # Not split(), which takes no-break spaces for others.
    return Truncator(re.sub(r"[ \n]+", " ", words).strip()).chars(OPENING)
