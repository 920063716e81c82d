"""How rich text reads without its marks: the vocabulary of `content.richtext`, in lines of 76 characters."""

import textwrap
from html.parser import HTMLParser

from django.conf import settings

WIDTH = 76
"""Characters of a line."""
BLOCKS = {"p", "h2", "h3", "h4", "li", "blockquote"}


def plain(html: str) -> str:
    """Return HTML of the small vocabulary as text: paragraphs apart, items with a dash, addresses after their words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return "\n".join(reader.lines).strip("\n")


class _Reader(HTMLParser):
    """Collects blocks of words as they end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.words = ""
        # For each list that is open, the number of its last item, None where they have dashes.
        self.lists: list[int | None] = []
        self.quoted = 0
        self.mark = ""
        self.href = ""
        self.anchor = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a list or a link."""
        if tag in BLOCKS or tag in ("ul", "ol"):
            self.end_block()
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li" and self.lists:
            if self.lists[-1] is None:
                self.mark = "- "
            else:
                self.lists[-1] += 1
                self.mark = f"{self.lists[-1]}. "
        elif tag == "blockquote":
            self.quoted += 1
        elif tag == "br":
            self.words += "\n"
        elif tag == "a":
            self.href, self.anchor = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        """End a block, a list or a link."""
        if tag == "a" and self.href:
            address = self.href.removeprefix("mailto:").removeprefix("tel:")
            if address.startswith("/") and not address.startswith("//"):
                address = settings.SITE_URL + address
            if address != self.anchor.strip():
                self.words += f" ({address})"
            self.href = ""
        if tag in BLOCKS or tag in ("ul", "ol"):
            self.end_block()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag == "blockquote":
            self.quoted -= 1

    def handle_data(self, data: str) -> None:
        """Collect words; where the source breaks its lines does not matter."""
        words = "".join(" " if char in "\t\r\n" else char for char in data)
        self.words += words
        self.anchor += words

    def end_block(self) -> None:
        """Write the words collected since the last block, if there are any."""
        paragraphs = [" ".join(line.split(" ")).strip() for line in self.words.split("\n")]
        self.words = ""
        if not any(paragraphs):
            return
        if not (self.mark and self.lines and self.lines[-1].lstrip().startswith(("- ", "1", "2", "3"))):
            self.lines.append("")
        first = "> " * self.quoted + "  " * max(len(self.lists) - 1, 0) + self.mark
        rest = "> " * self.quoted + "  " * max(len(self.lists) - 1, 0) + " " * len(self.mark)
        self.mark = ""
        for paragraph in paragraphs:
            # An address is never cut: a mail program would follow its first half.
            self.lines += textwrap.wrap(
                paragraph,
                WIDTH,
                initial_indent=first,
                subsequent_indent=rest,
                break_long_words=False,
                break_on_hyphens=False,
            )
            first = rest
