"""The details of a report type as text, for the terminal and the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tap_mws_reports.report_types import ColumnSpec, ReportType
from tap_mws_reports.streams.row_schema import primary_keys

KINDS = {
    "range": "has a start and an end date, and is asked for window by window",
    "snapshot": "shows the state of things now",
    "generated": "is made by Amazon, and listed by the day it came about; never asked for",
}
"""The meaning of the kinds of report types."""

IDENTITIES = {
    "row": "the columns identify a row",
    "group": "the columns identify a thing whose rows come together, and `_line` counts them",
    "document": "rows are told apart by the report they came in and their number in it",
}
"""The meaning of the kinds of keys."""

FILES = frozenset({"pdf", "xlsx"})
"""Formats whose documents are kept as files, and are not read as rows."""

_ASKED = {
    "request": "requested by the tap",
    "schedule": "scheduled by the seller",
    "amazon": "made by Amazon unasked",
    "seller-central": "asked for in Seller Central, by hand",
}
_FORMATS = {
    "tab": "tab-separated text",
    "csv": "comma-separated text",
    "xml": "XML",
    "json": "JSON",
    "pdf": "PDF, kept as a file",
    "xlsx": "XLSX, kept as a file",
}
_RESTRICTIONS = {
    "none": "no",
    "personal": "personal data: SP-API hands it out for a Restricted Data Token only",
    "role": "SP-API hands it out to applications with a role of their own only",
}
_ORDERS = {"MDY": "month first", "DMY": "day first", "YMD": "year first"}
_PLACES = {
    "hours": "they begin and end with full hours",
    "midnights": "they begin and end at midnight in the marketplace's time zone",
    "dates": "only the dates of start and end count, and both days are in the report",
}
_NOT_STATED = "none is stated"
_HOUR = 60  # minutes
_LONG = 2 * _HOUR  # minutes that are easier to read as hours


def kind_of(spec: ColumnSpec) -> str:
    """Return the kind of a column, with the order of its dates if no marketplace has another."""
    return f"{spec.kind.value}, {_ORDERS[spec.date_order]}" if spec.date_order else spec.kind.value


def facts(known: ReportType) -> dict[str, str]:
    """Return the facts of a report type except its names, options, columns and key.

    Labels and texts are plain; what does not concern the type is left out, and what neither
    service states is said to be so.
    """
    told = {label: tell(known) for label, tell in _FACTS.items()}
    return {label: text for label, text in told.items() if text}


def key_of(stream: ReportType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the key of a stream's rows, and what `keep_snapshots` adds to it."""
    key = primary_keys(stream, keep_snapshots=False)
    kept = primary_keys(stream, keep_snapshots=True)
    return key, tuple(name for name in kept if name not in key)


def counted(number: int, noun: str) -> str:
    """Return a number with a noun, such as ``1 day`` or ``30 days``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _days(number: int | None) -> str:
    return _NOT_STATED if number is None else counted(number, "day")


def _window(known: ReportType) -> str:
    if known.kind != "range" and known.max_days is None:
        return ""
    return _days(known.max_days)


def _borders(known: ReportType) -> str:
    borders = known.borders
    if borders is None:
        return ""
    period = borders.period.lower()
    named = f", or of what the option {borders.option} names" if borders.option else ""
    held = f", {counted(borders.held_back_hours, 'hour')} after their end"
    told = [
        f"made of whole {period}s{named}{held if borders.held_back_hours else ''}",
        _PLACES[borders.at],
        f"{borders.most} in each" if borders.most else "",
    ]
    return "; ".join(filter(None, told))


def _reach(known: ReportType) -> str:
    hours = known.reach_hours
    return f"{counted(hours, 'hour')} ago, for the state of things now" if hours else ""


def _cooldown(known: ReportType) -> str:
    minutes = known.cooldown_minutes
    if known.kind == "generated":
        return ""
    if minutes is None:
        return _NOT_STATED
    if minutes >= _LONG and minutes % _HOUR == 0:
        return f"{counted(minutes // _HOUR, 'hour')} until Amazon makes a new version"
    return f"{counted(minutes, 'minute')} until Amazon makes a new version"


def _late_changes(known: ReportType) -> str:
    if known.kind != "range":
        return ""
    days = known.lookback_days_default
    back = f"goes {counted(days, 'day')} back" if days else "does not go back"
    return f"a run {back} to ask again, unless `lookback_days` says otherwise"


def _oldest(known: ReportType) -> str:
    if known.lookback_limit_days is None:
        return _NOT_STATED if known.kind == "range" else ""
    return f"{counted(known.lookback_limit_days, 'day')} ago"


def _marketplaces(known: ReportType) -> str:
    places = ", ".join(known.marketplaces) or "all"
    return f"{places}; each is asked for by itself" if known.one_marketplace else places


def _rows(known: ReportType) -> str:
    if not known.row_elements:
        return ""
    return f"one for each innermost of {', '.join(known.row_elements)} in {known.root}"


def _reading(known: ReportType) -> str:
    filled_down = ", ".join(known.filled_down)
    habits = {
        "amounts are written with the marketplace's decimal mark": known.local_numbers,
        "columns are told by their order, whatever the language of the header": known.positional,
        f"the first row's values of {filled_down} hold for all rows": bool(filled_down),
    }
    return "; ".join(habit for habit, is_so in habits.items() if is_so)


_FACTS: Mapping[str, Callable[[ReportType], str]] = {
    "withdrawn": lambda known: f"since {known.withdrawn}" if known.withdrawn else "",
    "category": lambda known: known.category,
    "kind": lambda known: f"{known.kind}: {KINDS[known.kind]}",
    "asked for": lambda known: ", ".join(_ASKED[each] for each in known.asked),
    "format": lambda known: _FORMATS[known.format],
    "rows": _rows,
    "reading": _reading,
    "longest window": _window,
    "windows": _borders,
    "start asked for": _reach,
    "cooldown": _cooldown,
    "late changes": _late_changes,
    "oldest start": _oldest,
    "kept by Amazon": lambda known: _days(known.retention_days),
    "marketplaces": _marketplaces,
    "restricted": lambda known: _RESTRICTIONS[known.restricted],
}
