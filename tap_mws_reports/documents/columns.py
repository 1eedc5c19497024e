"""The cells of a header line to columns: which are known, and what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name, header_key, trimmed
from tap_mws_reports.report_types.report_type import ColumnSpec, ReportType

# Put before the name of a column that keeps its place but is no longer filled.
# Source: https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba
_DEPRECATED = "DEPRECATED "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one document. ``known`` says whether the report type's entry has it."""

    name: str
    header: str
    kind: Kind
    known: bool


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
        wanted = spec.name if spec else column_name(cell) or f"column_{position}"
        name = _free(wanted, taken if spec else taken | reserved)
        taken.add(name)
        kind = spec.kind if spec else Kind.TEXT
        columns.append(Column(name, trimmed(cell), kind, known=spec is not None))
    return tuple(columns)


def _specs(header: Sequence[str], report_type: ReportType) -> Sequence[ColumnSpec | None]:
    if report_type.positional and len(header) == len(report_type.columns):
        return report_type.columns
    known = {key: spec for spec in report_type.columns for key in spec.keys}
    return [_spec(cell, known) for cell in header]


def _spec(cell: str, known: dict[str, ColumnSpec]) -> ColumnSpec | None:
    """Look the whole header up first: ``Deprecated column`` is a name of its own."""
    whole = known.get(header_key(cell))
    return whole or known.get(header_key(trimmed(cell).removeprefix(_DEPRECATED)))


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
