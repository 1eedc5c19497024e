"""`mws-reports types`: what is known of report types."""

from __future__ import annotations

import argparse
import shutil
from typing import get_args

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.cli.type_description import described
from tap_mws_reports.cli.type_list import listed
from tap_mws_reports.cli.type_search import find, select
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.report_type import Service

_UNBOUNDED = 10_000  # columns of a file or a pipe, where nobody wants lines to be broken


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    types = commands.add_parser(
        "types",
        help="list or describe report types",
        description="List the report types that are known, or describe one. Types without an "
        "entry work, too: their columns are text.",
    )
    types.add_argument(
        "name",
        nargs="?",
        help="in either service's spelling, the stream's name, or a part of either or of the title",
    )
    types.add_argument("--category", help="only those of a category; a part of its name will do")
    types.add_argument("--service", choices=get_args(Service), help="only those a service has")
    types.add_argument("--json", action="store_true", help="a JSON array of all that is known")
    types.set_defaults(run=_show)


def _show(given: argparse.Namespace) -> int:
    chosen = select(report_types.all_known(), given.category, given.service)
    found = find(chosen, given.name) if given.name else chosen
    if given.json:
        click.echo(_json(found))
    elif given.name and len(found) == 1:
        click.echo(described(found[0], _width()))
    else:
        click.echo(listed(found, given.service, _width()))
    return 0


def _json(found: tuple[ReportType, ...]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _width() -> int:
    return shutil.get_terminal_size((_UNBOUNDED, 0)).columns
