"""What a change has renamed on purpose: classes, ids, data attributes, static files; one table declares it."""

import re
import tomllib
from dataclasses import dataclass, field
from html import unescape

from bench.pages_before_after.markup import tag_line

NAMING_IDS = set(
    "id for form list headers popovertarget commandfor aria-labelledby aria-describedby aria-controls aria-owns "
    "aria-activedescendant aria-details aria-errormessage aria-flowto".split()
)
LEADING_TO_IDS = ("href", "xlink:href", "action")
ATTRIBUTE = re.compile(r' ([^\s=>"]+)(?:="([^"]*)")?')


@dataclass
class Renaming:
    """The new name of each former one; each table is empty where nothing was renamed."""

    classes: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)
    static: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path):
        """The renaming that a TOML file declares; TypeError where it has a table of another name."""
        return cls(**tomllib.loads(path.read_text(encoding="utf-8")))

    def __bool__(self):
        """Whether anything was renamed."""
        return any(vars(self).values())

    def key(self, key):
        """The key of a record, which for a static file is its name."""
        return f"static: {self.static.get(name, name)}" if (name := key.removeprefix("static: ")) != key else key

    def record(self, record):
        """A record as it would be under the new names."""
        page = any(line.startswith("content-type: text/html") for line in record["headers"])
        said = {name: self._lines(value, page and name == "body") for name, value in record.items() if name != "key"}
        if record["key"].startswith("static: "):
            said["body"] = [self._source(line) for line in record["body"]]
        return {"key": self.key(record["key"]), **said}

    def _lines(self, value, page):
        """Lines, or one, with the new names of static files; those of tags with all the others."""
        if isinstance(value, str):
            return self._paths(value)
        return [self._paths(self._tag(line) if page and re.match(r" *<\w", line) else line) for line in value]

    def _paths(self, line):
        for former, name in self.static.items():
            line = re.sub(rf"(/static/){re.escape(former)}(?![\w.-])", rf"\g<1>{name}", line)
        return line

    def _tag(self, line):
        depth, tag, rest = re.fullmatch(r"( *)<([^\s>]+)(.*)>", line).groups()
        attrs = [
            (self.data.get(name, name), self._value(name, unescape(value) if value is not None else None))
            for name, value in ((found[1], found[2]) for found in ATTRIBUTE.finditer(rest))
        ]
        return depth + tag_line(tag, attrs)

    def _value(self, name, value):
        if value and name == "class":
            return " ".join(self.classes.get(word, word) for word in value.split())
        if value and name in NAMING_IDS:
            return " ".join(self.ids.get(word, word) for word in value.split())
        if value and name in LEADING_TO_IDS and "#" in value:
            place, _sharp, fragment = value.partition("#")
            return f"{place}#{self.ids.get(fragment, fragment)}"
        return value

    def _source(self, line):
        """A line of a style sheet or of a script, where names stand as words of their own."""
        for former, name in {**self.classes, **self.ids, **self.data}.items():
            line = re.sub(rf"(?<![\w-]){re.escape(former)}(?![\w-])", name, line)
        return line
