"""Paths and links in the documentation lead to files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TOP = (
    "tap_mws_reports",
    "tests",
    "docs",
    "scripts",
    "benchmarks",
    "fuzz",
    "requirements",
    "deploy",
)
# A path from the top of the project: in backticks, or an argument of a command.
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(TOP)})/[\w./-]*\w/?")
MODULE = re.compile(r"python -m ((?:benchmarks|tap_mws_reports)[\w.]*)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pages
def test_every_path_exists(page: Path) -> None:
    text = re.sub(r"\]\([^)]*\)|https?://\S+", "", page.read_text("utf-8"))
    missing = {path for path in PATH.findall(text) if not (ROOT / path).exists()}
    assert not missing


@pages
def test_every_link_resolves(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert not {link for link in links if not (page.parent / link).exists()}


@pages
def test_every_module_that_is_run_exists(page: Path) -> None:
    modules = MODULE.findall(page.read_text("utf-8"))
    places = {name: ROOT / name.rstrip(".").replace(".", "/") for name in modules}
    missing = [
        name
        for name, place in places.items()
        if not (place.with_suffix(".py").exists() or (place / "__main__.py").exists())
    ]
    assert not missing


def test_every_class_of_the_glossary_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = text.split("## Glossary")[1].splitlines()
    terms = [row for row in rows if row.startswith("| ") and not row.startswith("| term |")]
    modules = (ROOT / "tap_mws_reports").rglob("*.py")
    code = "\n".join(path.read_text("utf-8") for path in modules)
    defined = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
    named = {name for row in terms for name in re.findall(r"\(`(\w+)`\)", row)}

    assert 0 < len(terms) <= 25  # a glossary is read as a whole
    assert named
    assert not named - defined
