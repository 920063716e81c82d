"""How the editors' guide, a file of `docs/`, is shown in the back office; `bench.guide` takes its pictures."""

import re
from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from content.typography import typeset_html

SOURCE = settings.BASE_DIR / "docs/guide-redaction.md"
PICTURE = re.compile(r'<img src="\.\./static/([^"]+)"')


@cache
def guide():
    """The title of the guide and its HTML, from a file of ours."""
    title, _newline, text = SOURCE.read_text(encoding="utf-8").partition("\n")
    html = PICTURE.sub(lambda found: f'<img loading="lazy" src="{static(found[1])}"', MarkdownIt().render(text))
    html = typeset_html(html)
    return title.removeprefix("# "), mark_safe(html)  # noqa: S308  nobody writes it but us
