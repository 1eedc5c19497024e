"""The page that lists every report type."""

from __future__ import annotations

from report_pages.lifecycle_page import LIFECYCLE, what
from report_pages.markdown import (
    anchor,
    capitalised,
    code,
    codes,
    paragraphs,
    prose,
    section,
    table,
)
from report_pages.stream_page import MADE
from tap_mws_reports.cli.type_details import (
    IDENTITIES,
    KINDS,
    called_in,
    counted,
    key_of,
    label_of,
)
from tap_mws_reports.cli.types import by_category
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.streams.partition_config import DEFAULT_MAX_WINDOW

_HEAD = ("report and stream", "kind", "key", "columns")
_INTRODUCTION = f"""\
Every report type that has an entry, by category; `mws-reports types [NAME]` shows the same. Any
other name of a report type works, too: its columns are text, and its key is the seller, the
report's id and the row's number. [How documents are read](reading.md) applies to all of them.

Where Amazon states no longest window, the tap requests {DEFAULT_MAX_WINDOW.days} days at a time; \
`window_days` makes windows shorter."""


def index_page(types: tuple[ReportType, ...]) -> str:
    """Return the page."""
    categories = dict(by_category(types))
    contents = (
        f"- [{capitalised(category)}](#{anchor(category)}): {counted(len(members), 'report type')}"
        for category, members in categories.items()
    )
    parts = (
        MADE,
        "# Report types",
        _INTRODUCTION,
        _meanings("kind of report", KINDS),
        _meanings("kind of key", IDENTITIES),
        "\n".join(contents),
        paragraphs("Three more streams list Amazon's entries:", _lifecycle()),
        *(
            section(capitalised(category), _members(members))
            for category, members in categories.items()
        ),
    )
    return paragraphs(*parts) + "\n"


def _meanings(title: str, meanings: dict[str, str]) -> str:
    return table((title, "meaning"), ((f"*{kind}*", text) for kind, text in meanings.items()))


def _lifecycle() -> str:
    return "\n".join(
        f"- [{code(stream.name)}](streams/{stream.name}.md): {what(stream)}" for stream in LIFECYCLE
    )


def _members(members: list[ReportType]) -> str:
    return table(_HEAD, (_row(known, stream) for known in members for stream in known.streams))


def _row(known: ReportType, stream: ReportType) -> tuple[str, ...]:
    withdrawn = f" (withdrawn {known.withdrawn})" if known.withdrawn else ""
    withdrawn = " (no longer listed)" if known.unlisted else withdrawn
    title = prose(stream.title or known.title) + withdrawn
    link = f"[{code(stream.stream)}](streams/{stream.stream}.md)"
    names = (code(name) for spellings in called_in(known).values() for name in spellings)
    return (
        "<br>".join((title, link, *names)),
        label_of(known),
        "" if known.download_only else codes(key_of(stream)[0]),
        str(len(stream.columns) or ""),
    )
