"""All pages, by their file."""

from __future__ import annotations

from pathlib import Path

from report_pages.erd_page import erd_page
from report_pages.errors_page import errors_page
from report_pages.index_page import index_page
from report_pages.lifecycle_page import LIFECYCLE, lifecycle_page
from report_pages.readme import with_report_types
from report_pages.stream_page import stream_page
from tap_mws_reports.report_types import all_known

ROOT = Path(__file__).parents[2]

_README = ROOT / "README.md"
_DOCS = ROOT / "docs"
_STREAMS = _DOCS / "streams"


def pages() -> dict[Path, str]:
    """Return what every page should say, the README among them."""
    types = all_known()
    streams = {
        _STREAMS / f"{stream.stream}.md": stream_page(known, stream)
        for known in types
        for stream in known.streams
    }
    return {
        _README: with_report_types(_README.read_text("utf-8"), types),
        _DOCS / "errors.md": errors_page(),
        _DOCS / "report-types.md": index_page(types),
        _DOCS / "erd.md": erd_page(types),
        **{_STREAMS / f"{stream.name}.md": lifecycle_page(stream) for stream in LIFECYCLE},
        **streams,
    }


def stale_pages() -> list[Path]:
    """Return the pages of streams that are no more."""
    return sorted(set(_STREAMS.iterdir()) - set(pages())) if _STREAMS.exists() else []
