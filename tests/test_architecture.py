"""That docs/architecture.md, the contracts of import-linter and the tree say the same."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLAN = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in LINTER["contracts"]}
# What tries the program, and is no part of it.
APART = {"bench", "tests"}
ROOTS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in APART)
PACKAGES = [path.parent for root in ROOTS for path in sorted((ROOT / root).rglob("__init__.py"))]
# Django loads migrations one after the other; each imports what it needed on its day.
PACKAGES = [package for package in PACKAGES if package.name != "migrations"]

MOST_MODULES = 16
MORE_MODULES = {}
"""Packages that hold more, how many, and why: a number here only goes down."""

MOST_LINES = 300


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def inside(package):
    """The names of the modules and packages right inside one."""
    modules = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    return sorted(modules + [path.parent.name for path in package.glob("*/__init__.py")])


def modules_of(package):
    return [path for path in package.glob("*.py") if path.stem != "__init__"]


def docstring(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def drawing(number):
    """The rooms of a drawing of the page, from the top to the ground: one tuple a line, sorted."""
    block = PLAN.split("```text\n")[number].partition("```")[0]
    names = [re.split(r"\s{2,}", line)[0] for line in block.splitlines() if line and not line.startswith(" ")]
    return [tuple(sorted(name.split(" | "))) for name in names]


def layers(contract):
    return [tuple(sorted(layer.split(" | "))) for layer in CONTRACTS[contract]["layers"]]


@pytest.mark.parametrize(("number", "contract"), [(1, "apps"), (2, "practices")])
def test_the_rooms_are_drawn_in_the_order_that_imports_keep(number, contract):
    assert drawing(number) == layers(contract)


def test_every_package_of_the_root_is_held_to_the_contracts():
    assert LINTER["root_packages"] == ROOTS
    assert sorted(name for layer in layers("apps") for name in layer) == ROOTS


def test_every_package_with_several_modules_names_each_of_them_in_a_contract():
    held = {
        container: sorted(name for layer in layers(one) for name in layer)
        for one, contract in CONTRACTS.items()
        if contract["type"] == "layers" and contract.get("exhaustive")
        for container in contract["containers"]
    }

    assert held == {dotted(package): inside(package) for package in PACKAGES if len(inside(package)) > 1}


def test_no_contract_lets_an_import_through():
    loosened = {"ignore_imports", "exhaustive_ignores", "unmatched_ignore_imports_alerting"}

    assert {one: loosened & set(contract) for one, contract in CONTRACTS.items() if loosened & set(contract)} == {}


def test_no_package_holds_more_modules_than_one_reads_at_a_glance():
    found = {dotted(package): len(modules_of(package)) for package in PACKAGES}

    assert {name: count for name, count in found.items() if count > MOST_MODULES} == MORE_MODULES


def test_every_long_module_says_why_it_is():
    long = [path for root in ROOTS for path in (ROOT / root).rglob("*.py") if "migrations" not in path.parts]
    long = [path for path in long if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES]

    assert [dotted(path) for path in long if "onger than" not in " ".join(docstring(path).split())] == []


def test_every_package_says_in_a_sentence_what_it_is_for():
    sentence = re.compile(r"[A-Z].*\.(\n\n|$)", re.DOTALL)

    assert [dotted(one) for one in PACKAGES if not sentence.match(docstring(one / "__init__.py"))] == []


def named_paths():
    """The paths that the page names in its text, from the root: files, folders, modules and what a module defines."""
    prose = re.sub(r"```.*?```", "", PLAN, flags=re.DOTALL)
    linked = {str(Path("docs", path)) for path in re.findall(r"\]\(([\w./-]+)\)", prose)}
    return sorted(linked | set(re.findall(r"`(\w[\w./*-]*/[\w./*-]*)`", prose)))


@pytest.mark.parametrize("path", named_paths())
def test_every_path_that_the_page_names_is_there(path):
    if list(ROOT.glob(path)) or (ROOT / f"{path}.py").exists():
        return
    module, _dot, name = path.rpartition(".")

    tree = ast.parse((ROOT / f"{module}.py").read_text(encoding="utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
