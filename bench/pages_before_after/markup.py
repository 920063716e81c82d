"""The canonical form of HTML: a tag or a text a line, by its depth, with what nobody sees left out.

White space is collapsed, and dropped beside the tags of a block; attributes and the words of `class` are sorted;
comments are gone. `pre`, `textarea`, `style` and scripts keep theirs.
"""

import json
import re
from contextlib import suppress
from html import escape
from html.parser import HTMLParser

VOID = set("area base br col embed hr img input link meta source track wbr".split())
INLINE = set(
    "a abbr b bdi bdo button cite code data del dfn em i img input ins kbd label mark meter output picture progress q "
    "s samp select small span strong sub sup svg time u use var wbr".split()
)
KEPT = ("pre", "textarea", "style", "script")
SPACES = re.compile(r"[ \t\r\n\f]+")


class _Canon(HTMLParser):
    def __init__(self):
        super().__init__()
        self.lines, self.open, self.text, self.drop_next = [], [], "", True

    def handle_decl(self, decl):
        self._line(f"<!{decl}>")

    def handle_starttag(self, tag, attrs):
        self._text_ends(block=tag not in INLINE)
        self._line(tag_line(tag, attrs))
        if tag not in VOID:
            self.open.append(tag)
        self.drop_next = tag not in INLINE

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self._text_ends(block=tag not in INLINE)
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        self._line(f"</{tag}>")
        self.drop_next = tag not in INLINE

    def handle_data(self, data):
        self.text += data

    def _text_ends(self, block):
        """Write the text that a tag ends; `block` says whether white space before that tag is seen."""
        text, self.text = self.text, ""
        kept = next((one for one in KEPT if one in self.open), None)
        if kept:
            for line in _kept(kept, text):
                self._line(line)
            return
        text = SPACES.sub(" ", text)
        text = text.lstrip(" ") if self.drop_next else text
        text = text.rstrip(" ") if block else text
        if text:
            self._line(f"“{escape(text, quote=False)}”")

    def _line(self, line):
        self.lines.append(" " * len(self.open) + line)

    def close(self):
        super().close()
        self._text_ends(block=True)


def _kept(tag, text):
    if tag == "script":
        with suppress(ValueError):
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    return escape(text, quote=False).splitlines()


def tag_line(tag, attrs):
    """A tag with its attributes sorted, the words of `class` too; a CSRF token, which chance draws, is a dot."""
    held = dict(attrs)
    if held.get("name") == "csrfmiddlewaretoken":
        held["value"] = "•"
    if held.get("class"):
        held["class"] = " ".join(sorted(held["class"].split()))
    pairs = [name if value is None else f'{name}="{_in_one_line(value)}"' for name, value in sorted(held.items())]
    return f"<{' '.join([tag, *pairs])}>"


def _in_one_line(value):
    return escape(value).replace("\n", "&#10;").replace("\r", "&#13;")


def canonical_html(html):
    """The lines of a page or of a piece of one."""
    canon = _Canon()
    canon.feed(html)
    canon.close()
    return canon.lines
