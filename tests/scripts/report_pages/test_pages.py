"""The pages say what the entries say, and every link leads somewhere."""

from __future__ import annotations

import re

import pytest
from report_pages.markdown import anchor
from report_pages.pages import ROOT, pages, stale_pages

PAGES = {str(path.relative_to(ROOT)): text for path, text in pages().items()}
WRITTEN = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])


@pytest.mark.rows("page", PAGES)
def test_the_page_is_current(page) -> None:
    path = ROOT / page

    assert path.exists(), f"run `make docs`: {page} is missing"
    assert path.read_text("utf-8") == PAGES[page], f"run `make docs`: {page} is out of date"


def test_every_page_belongs_to_a_stream() -> None:
    assert not stale_pages(), "run `make docs`: it removes them"


@pytest.mark.rows("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(path) -> None:
    for target, place in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", path.read_text("utf-8")):
        page = (path.parent / target).resolve() if target else path
        assert page.exists(), target
        headings = re.findall(r"(?m)^#+ (.*)$", page.read_text("utf-8")) if place else []
        assert not place or place in map(anchor, headings)
