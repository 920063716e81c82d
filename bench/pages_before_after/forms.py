"""The reading of the forms of a page, and what a browser would send of them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: where it goes, what it holds as (name, value), every name in it, buttons and empty boxes included."""

    action: str
    held: list = field(default_factory=list)
    names: set = field(default_factory=set)

    def filled(self, given):
        """What is sent, as {name: [values]}, the fields given in place of those that the page holds."""
        unknown = set(given) - self.names
        if unknown:
            raise LookupError(f"The form has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(self.names))}")
        sent: dict[str, list] = {}
        for name, value in self.held:
            sent.setdefault(name, []).append(value)
        for name, value in given.items():
            sent[name] = value if isinstance(value, list) else [value]
        return {name: values for name, values in sent.items() if values != [None]}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []
        self.form = self.select = self.area = self.template = None

    def handle_starttag(self, tag, pairs):
        attrs = dict(pairs)
        name = attrs.get("name") or ""
        if tag == "form":
            self.form = Form(attrs.get("action") or "")
            self.forms.append(self.form)
        if self.form is None or not (name or tag == "option"):
            return
        if name:
            self.form.names.add(name)
        if "disabled" in attrs:
            return
        if tag == "input":
            self._input(name, attrs)
        elif tag == "textarea":
            self.area = [name, ""]
        elif tag == "select":
            self.select = [name, "multiple" in attrs, [], []]
        elif tag == "option" and self.select:
            self.select[3 if "selected" in attrs else 2].append(attrs.get("value") or "")

    def _input(self, name, attrs):
        kind = attrs.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in attrs:
                self.form.held.append((name, attrs.get("value", "on")))
        elif kind not in ("submit", "image", "file", "button", "reset"):
            self.form.held.append((name, attrs.get("value") or ""))

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif self.form is None:
            return
        elif tag == "textarea" and self.area:
            self.form.held.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        elif tag == "select" and self.select:
            name, multiple, others, selected = self.select
            self.form.held += [(name, value) for value in selected or ([] if multiple else others[:1])]
            self.select = None


def forms_of(html):
    """The forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms
