"""The check that no object is saved whole without a word of how: it might bring back a row that was erased.

Django's `save()` updates a row and, where there is none, inserts one. A service that holds an object while somebody
erases its row would write it anew. So each call says what it is sure of: `force_insert`, that the row is new;
`update_fields` or `force_update`, that it is there, which a lock has made sure of. What saves something else, a picture
or a file, is told where to: it has an argument that has no name. `super().save(…)` says what its caller said.
"""

import ast
import sys
from pathlib import Path

SURE = {"force_insert", "force_update", "update_fields"}
APART = {"bench", "tests"}


def bare_saves(source):
    """The lines of Python source on which an object is saved whole, or for later, without saying how."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("save", "asave")
        and not call.args
        and not SURE & {keyword.arg for keyword in call.keywords}
        and not _is_super(call.func.value)
    ]


def _is_super(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def main():
    """Print where an object is saved so; return how the process ends."""
    applications = [path.parent for path in Path().glob("*/__init__.py") if path.parent.name not in APART]
    paths = sorted(path for application in applications for path in application.rglob("*.py"))
    found = [(path, line) for path in paths for line in bare_saves(path.read_text(encoding="utf-8"))]
    for path, line in found:
        print(
            f"{path}:{line} : dites force_insert, force_update ou update_fields ; ce save() ferait renaître une ligne."
        )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
