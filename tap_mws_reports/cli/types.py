"""`mws-reports types`: list, search or describe report types, or add one by a document."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.cli.own_types import add_directory_option, use_own_types
from tap_mws_reports.cli.type_details import DOWNLOAD, counted, describe_type, names_in
from tap_mws_reports.cli.type_entry import add_entry
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.catalog import closest
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import Service

OTHER = "other"
"""The category of report types without a category."""

_WHERE = "mws-reports types"
_ADD = "add"


def category_of(known: ReportType) -> str:
    """Return the category of a type."""
    return known.category or OTHER


def select(
    types: Sequence[ReportType], category: str | None, service: Service | None
) -> tuple[ReportType, ...]:
    """Return the types of a category and a service; None matches any.

    Args:
        types: to choose from.
        category: a part of its name, in any case.
        service: one that has, or had, the type.

    Raises:
        SettingsError: there is no such category, or the service has no type of it.
    """
    found = tuple(
        known
        for known in types
        if header_key(category or "") in header_key(category_of(known))
        and (service is None or service in known.services)
    )
    if not found:
        categories = ", ".join(sorted({category_of(known) for known in types}))
        what = f"no report type is in a category `{category}`"
        raise SettingsError(what, where=_WHERE, hint=f"the categories are: {categories}")
    return found


def find(types: Sequence[ReportType], wanted: str) -> tuple[ReportType, ...]:
    """Return the types with this name, else those that contain it in a name or title.

    A type is called by either service's name or a stream's, in any case.

    Raises:
        SettingsError: there is none, or the text cannot be the name of a report type.
    """
    found = _matches(types, wanted)
    if not found:
        raise _elsewhere(wanted) if _matches(report_types.all_known(), wanted) else _none(wanted)
    return found


def _matches(types: Sequence[ReportType], wanted: str) -> tuple[ReportType, ...]:
    key = _key(wanted)
    called = tuple(known for known in types if key in map(_key, _names(known)))
    return called or tuple(
        known for known in types if any(key in _key(text) for text in (*_names(known), known.title))
    )


def _names(known: ReportType) -> Iterable[str]:
    streams = (each.stream for each in known.streams)
    return filter(None, (known.name, known.sp_api_name, *known.other_sp_api_names, *streams))


def _key(text: str) -> str:
    return header_key(text).removeprefix("get")


def _elsewhere(wanted: str) -> SettingsError:
    what = f"`{wanted}` is no report type of that category and service, but of others"
    return SettingsError(what, where=_WHERE, hint="leave out --category and --service")


def _none(wanted: str) -> SettingsError:
    """Describe what the tap does with an unknown report type."""
    unknown = report_types.load(wanted)
    close = closest(wanted)
    return SettingsError(
        f"there is no entry for a report type `{wanted}`",
        where=_WHERE,
        hint=(f"did you mean `{close.name}`? " if close else "`mws-reports types` lists all; ")
        + f"in `reports`, `{unknown.name}` works without an entry: stream `{unknown.stream}`, "
        f"text columns from the header, windows of {unknown.max_days} days, "
        "key `_report_id` and `_row_number`",
    )


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
    if known.download_only:
        return known.name
    names = names_in(known)
    return next(iter(names.get(service, ()) if service else ()), next(iter(names.values()))[0])


def _summary(known: ReportType) -> str:
    columns = sum(len(each.columns) for each in known.streams)
    kind = DOWNLOAD if known.download_only else known.kind
    parts = (kind, counted(columns, "column") if columns else "", _withdrawn(known))
    return f"{known.title} ({', '.join(filter(None, parts))})"


def _withdrawn(known: ReportType) -> str:
    if known.unlisted:
        return "no longer listed"
    return f"withdrawn {known.withdrawn}" if known.withdrawn else ""


_UNBOUNDED = 10_000  # columns of a file or a pipe, where lines are not wrapped


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    types = commands.add_parser(
        "types",
        help="list or describe report types",
        description="List the known report types, or describe one. Unknown types can be used, "
        "too: their columns are text. `types add FILE` writes an entry for a downloaded document.",
    )
    types.add_argument(
        "name",
        nargs="?",
        help="in either service's spelling, the stream's name, or a part of either or of the title;"
        " `add` writes an entry",
    )
    types.add_argument("file", nargs="?", help="with `add`: the document")
    types.add_argument("--name", dest="new_name", help="with `add`: the name of the report type")
    types.add_argument("--marketplace", help="with `add`: id or country, for dates and amounts")
    types.add_argument(
        "--output", default=".", metavar="DIRECTORY", help="with `add`: where the entry is written"
    )
    types.add_argument("--category", help="only those of a category, given by name or part of it")
    types.add_argument("--service", choices=get_args(Service), help="only those of a service")
    types.add_argument("--json", action="store_true", help="print a JSON array with all details")
    add_directory_option(types)
    types.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    use_own_types(given)
    if given.name == _ADD and given.file:
        return add_entry(given)
    if given.file or given.name == _ADD:
        raise SettingsError(
            "a document belongs to `types add`, and only to it",
            where=_WHERE,
            hint="write `mws-reports types add FILE`",
        )
    return _show(given)


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
