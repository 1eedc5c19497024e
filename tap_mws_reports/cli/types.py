"""`mws-reports types`: list or describe report types."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from typing import get_args

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.cli.type_description import describe_type, names_in
from tap_mws_reports.cli.type_details import counted
from tap_mws_reports.cli.type_search import category_of, find, select
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.report_type import Service

_LONGEST_NAME = 62  # characters, with the blanks after it; a longer one has a line of its own


def by_category(types: Sequence[ReportType]) -> Iterator[tuple[str, list[ReportType]]]:
    """Yield every category with its types, both in alphabetical order."""
    for category in sorted({category_of(known) for known in types}, key=str.casefold):
        yield category, [known for known in types if category_of(known) == category]


def list_types(types: Sequence[ReportType], service: Service | None, width: int) -> str:
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


_UNBOUNDED = 10_000  # columns of a file or a pipe, where lines are not wrapped


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    types = commands.add_parser(
        "types",
        help="list or describe report types",
        description="List the known report types, or describe one. Unknown types can be used, "
        "too: their columns are text.",
    )
    types.add_argument(
        "name",
        nargs="?",
        help="in either service's spelling, the stream's name, or a part of either or of the title",
    )
    types.add_argument("--category", help="only those of a category, given by name or part of it")
    types.add_argument("--service", choices=get_args(Service), help="only those of a service")
    types.add_argument("--json", action="store_true", help="print a JSON array with all details")
    types.set_defaults(run=_show)


def _show(given: argparse.Namespace) -> int:
    chosen = select(report_types.all_known(), given.category, given.service)
    found = find(chosen, given.name) if given.name else chosen
    if given.json:
        click.echo(_json(found))
    elif given.name and len(found) == 1:
        click.echo(describe_type(found[0], _width()))
    else:
        click.echo(list_types(found, given.service, _width()))
    return 0


def _json(found: tuple[ReportType, ...]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _width() -> int:
    return shutil.get_terminal_size((_UNBOUNDED, 0)).columns
