"""`mws-reports types`: list, search or describe report types, or add one from a document."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.own_types import directory_option, use_own_types
from tap_mws_reports.cli.type_details import counted, describe_type, label_of, names_in
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
    what = f"the report type `{wanted}` is not of that category and service"
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


_LONGEST_NAME = 62  # characters, with the blanks after it; a longer one has a separate line


def by_category(types: Sequence[ReportType]) -> Iterator[tuple[str, list[ReportType]]]:
    """Yield every category with its types, both in alphabetical order."""
    for category in sorted({category_of(known) for known in types}, key=str.casefold):
        yield category, [known for known in types if category_of(known) == category]


def list_types(types: Sequence[ReportType], service: Service | None, width: int) -> str:
    """Return the types as text.

    Args:
        types: to list.
        service: whose names to show, where it has the type; None for SP-API's.
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
    return next(iter(names.get(service or "sp_api", ())), next(iter(names.values()))[0])


def _summary(known: ReportType) -> str:
    columns = sum(len(each.columns) for each in known.streams)
    parts = (label_of(known), counted(columns, "column") if columns else "", _withdrawn(known))
    return f"{known.title} ({', '.join(filter(None, parts))})"


def _withdrawn(known: ReportType) -> str:
    if known.unlisted:
        return "no longer listed"
    return f"withdrawn {known.withdrawn}" if known.withdrawn else ""


_UNBOUNDED = 10_000  # columns of a file or a pipe, where lines are not wrapped


@declare(
    "types",
    "mws-reports types",
    "mws-reports types orders --service sp_api",
    "mws-reports types GET_SALES_AND_TRAFFIC_REPORT",
    "mws-reports types add report.txt --output my-types",
)
@click.argument("name", required=False)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--name", "new_name", metavar="TYPE", help="With `add`: the name of the type.")
@click.option("--marketplace", help="With `add`: id or country, for dates and amounts.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=".",
    metavar="DIRECTORY",
    help="With `add`: where the entry is written; default: here.",
)
@click.option("--category", help="Only those of a category, given by name or part of it.")
@click.option("--service", type=click.Choice(get_args(Service)), help="Only those of a service.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array with all details.")
@directory_option
def command(
    name: str | None,
    file: Path | None,
    new_name: str | None,
    marketplace: str | None,
    output: Path,
    category: str | None,
    service: Service | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    types_directory: Path | None,
) -> int:
    """List the known report types, describe the one with NAME, or add one.

    NAME is in either service's spelling, the stream's name, or a part of either or of the title.
    Unknown types can be used, too: their columns are text. `types add FILE` writes an entry for a
    downloaded document.
    """
    use_own_types(types_directory)
    if name == _ADD and file:
        return add_entry(file, new_name, marketplace, output)
    if file or name == _ADD:
        raise SettingsError(
            "a document belongs to `types add`, and only to it",
            where=_WHERE,
            hint="write `mws-reports types add FILE`",
        )
    chosen = select(report_types.all_known(), category, service)
    found = find(chosen, name) if name else chosen
    if as_json:
        click.echo(_json(found))
    elif name and len(found) == 1:
        click.echo(describe_type(found[0], _width()))
    else:
        click.echo(list_types(found, service, _width()))
    return 0


def _json(found: tuple[ReportType, ...]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _width() -> int:
    return shutil.get_terminal_size((_UNBOUNDED, 0)).columns
