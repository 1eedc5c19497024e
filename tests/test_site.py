"""Every page is in the navigation of the site, and every link to a place leads to one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from report_pages.markdown import anchor

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
NAV = re.compile(r"[\w-]+\.md")


def headings(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor(each) for each in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def test_the_navigation_has_every_page() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:\n")[1]
    nav = yaml.safe_load("nav:\n" + text)
    assert set(NAV.findall(str(nav))) == {page.name for page in DOCS.glob("*.md")}


@pytest.mark.rows("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_target_exists(page) -> None:
    missing = [
        (path, place)
        for path, place in LINK.findall(page.read_text("utf-8"))
        if not path.startswith("http")
        and place not in headings((page.parent / path) if path else page)
    ]
    assert not missing
