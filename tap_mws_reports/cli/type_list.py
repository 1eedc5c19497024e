"""Report types as a list, by category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from tap_mws_reports.cli.type_asking import names_in
from tap_mws_reports.cli.type_facts import counted
from tap_mws_reports.cli.type_search import category_of
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.report_type import Service

_LONGEST_NAME = 62  # characters, with the blanks after it; a longer one has a line of its own


def by_category(types: Sequence[ReportType]) -> Iterator[tuple[str, list[ReportType]]]:
    """Yield every category with its types, both in the order of the alphabet."""
    for category in sorted({category_of(known) for known in types}, key=str.casefold):
        yield category, [known for known in types if category_of(known) == category]


def listed(types: Sequence[ReportType], service: Service | None, width: int) -> str:
    """Return the types as text.

    Args:
        types: to list.
        service: whose names to show; None for MWS's where it has the type.
        width: of a line, in characters.
    """
    formatter = click.HelpFormatter(width=width)
    for category, members in by_category(types):
        with formatter.section(category):
            rows = [(_name(known, service), _summary(known)) for known in members]
            formatter.write_dl(rows, col_max=_LONGEST_NAME)
    return formatter.getvalue().strip("\n")


def _name(known: ReportType, service: Service | None) -> str:
    names = names_in(known)
    return next(iter(names.get(service, ()) if service else ()), next(iter(names.values()))[0])


def _summary(known: ReportType) -> str:
    columns = sum(len(each.columns) for each in known.streams)
    parts = (known.kind, counted(columns, "column") if columns else "", _withdrawn(known))
    return f"{known.title} ({', '.join(filter(None, parts))})"


def _withdrawn(known: ReportType) -> str:
    return f"withdrawn {known.withdrawn}" if known.withdrawn else ""
