"""The cells of a header line to columns: which are known, and what each is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name, header_key, trimmed
from tap_mws_reports.report_types.report_type import ColumnSpec, ReportType

# Put before the name of a column that keeps its place but is no longer filled.
# Source: https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba
_DEPRECATED = "DEPRECATED "

# Restock reports have `Promo Required Qty - Goal 1 (5/15/2023 to 6/14/2023)`: other names in every
# period. Source: https://github.com/amzn/selling-partner-api-docs/issues/3117
_DAY = r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
_DATED = re.compile(rf"(?P<what>.*\S)\s*\((?P<dates>{_DAY}(?:\s*(?:to|-|\u2013)\s*{_DAY})?)\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one document. ``known`` says whether the report type's entry has it.

    ``dates`` are the dates in its header; they become the value of a column ``dates_name``.
    """

    name: str
    header: str
    kind: Kind
    known: bool
    dates: str = ""
    dates_name: str = ""


def columns_of(header: Sequence[str], report_type: ReportType) -> tuple[Column, ...]:
    """Return one column for every cell of the header, in its order, all names different.

    A name that is taken is numbered: ``deprecated_column``, ``deprecated_column_2``. Names of known
    columns are theirs also where the document lacks them; a header without letter or digit is
    called by its position: ``column_7``. No name begins with an underscore, so none meets a column
    of ours.
    """
    specs = _specs(header, report_type)
    reserved = {spec.name for spec in report_type.columns}
    taken: set[str] = set()
    columns = []
    for position, (cell, spec) in enumerate(zip(header, specs, strict=True), start=1):
        what, dates = _without_dates(cell)
        wanted = spec.name if spec else column_name(what) or f"column_{position}"
        name = _take(wanted, taken, () if spec else reserved)
        dates_name = _take(f"{name}_dates", taken, reserved) if dates else ""
        kind = spec.kind if spec else Kind.TEXT
        column = Column(name, trimmed(cell), kind, spec is not None, dates, dates_name)
        columns.append(column)
    return tuple(columns)


def _specs(header: Sequence[str], report_type: ReportType) -> Sequence[ColumnSpec | None]:
    if report_type.positional and len(header) == len(report_type.columns):
        return report_type.columns
    known = {key: spec for spec in report_type.columns for key in spec.keys}
    return [_spec(cell, known) for cell in header]


def _spec(cell: str, known: dict[str, ColumnSpec]) -> ColumnSpec | None:
    """Look the whole header up first: ``Deprecated column`` is a name of its own."""
    whole = known.get(header_key(cell))
    what, _ = _without_dates(trimmed(cell).removeprefix(_DEPRECATED))
    return whole or known.get(header_key(what))


def _without_dates(cell: str) -> tuple[str, str]:
    """Return what a header says, and the dates that it is about."""
    found = _DATED.fullmatch(trimmed(cell))
    return (found["what"], found["dates"]) if found else (cell, "")


def _take(wanted: str, taken: set[str], reserved: Collection[str]) -> str:
    """Return the name that is wanted, with a number where it is not free."""
    name, number = wanted, 1
    while name in taken or name in reserved:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
