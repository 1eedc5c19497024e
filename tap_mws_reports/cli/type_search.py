"""Search report types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tap_mws_reports import report_types
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.catalog import closest
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import Service

OTHER = "other"
"""The category of report types without a category."""

_WHERE = "mws-reports types"


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
