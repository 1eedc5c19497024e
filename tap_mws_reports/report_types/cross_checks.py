"""Which keys of an entry contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from tap_mws_reports.report_types.entry_tables import ReportTypeTable

_Broken = Iterator[tuple[str, str]]


def cross_check(file: str, entry: ReportTypeTable) -> _Broken:
    """Yield the keys that contradict the name of the file or other keys, with the broken rule."""
    yield from _names(file, entry)
    yield from _requests(entry)
    yield from _documents(entry)


def _names(file: str, entry: ReportTypeTable) -> _Broken:
    if file != f"{entry.stream}.toml":
        yield "stream", f"must be the name of the file, not {entry.stream!r}"
    if ("sp_api" in entry.services) != bool(entry.sp_api_name):
        yield (
            "sp_api_name",
            "is required if sp_api is among the services, and not allowed otherwise",
        )
    if not set(entry.personal_sp_api_names) <= set(entry.other_sp_api_names):
        yield "personal_sp_api_names", "must be among other_sp_api_names"


def _requests(entry: ReportTypeTable) -> _Broken:
    if ("request" in entry.asked) == (entry.kind == "generated"):
        yield "asked", "must contain request, except for generated types"
    if entry.reach_hours and entry.kind != "snapshot":
        yield "reach_hours", "is only for types that show the current state"
    if entry.max_days and entry.kind != "range":
        yield "max_days", "is only for types that take a range of dates"
    if entry.borders and entry.kind != "range":
        yield "borders", "is only for types that take a range of dates"
    if entry.borders and entry.borders.option not in {"", *(each.name for each in entry.options)}:
        yield "borders.option", f"{entry.borders.option!r} is not an option of the type"


def _documents(entry: ReportTypeTable) -> _Broken:
    has_lists = entry.lists is not None
    if bool(entry.identity) == has_lists:
        yield "identity", "is required, except with lists, which have identities of their own"
    if has_lists and (entry.format != "json" or entry.columns):
        yield "lists", "is only for JSON, without other columns"
    if entry.about and not has_lists:
        yield "about", "is only for JSON with lists"
    if bool(entry.root) != (entry.format == "xml" and bool(entry.columns)):
        yield "root", "is required for XML with columns, and not allowed otherwise"
    if entry.row_elements and not entry.root:
        yield "row_elements", "is only for XML with a root"
