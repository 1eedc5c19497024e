"""Map header cells to columns: known or new, and the name of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from tap_mws_reports.documents.cells.dates import MONTHS
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import LONGEST_NAME, column_name, header_key, trimmed
from tap_mws_reports.report_types.report_type import ColumnSpec, DateOrder, ReportType

_YEAR = "(?:19|20)[0-9]{2}"
_NAME = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_FORMS = (
    rf"{_YEAR}[-/.][0-9]{{1,2}}(?:[-/.][0-9]{{1,2}})?",  # 2023-05-15, 2023-05
    rf"[0-9]{{1,2}}(?:/[0-9]{{1,2}}/|-[0-9]{{1,2}}-|\.[0-9]{{1,2}}\.){_YEAR}",  # 5/15/2023
    r"[0-9]{1,2}(?:/[0-9]{1,2}/|\.[0-9]{1,2}\.)[0-9]{2}",  # 5/15/23
    rf"[0-9]{{1,2}}/{_YEAR}",  # 05/2023
    rf"[0-9]{{1,2}}(?:\.|er)?[- ](?:de )?{_NAME}\.?[-, ]+(?:de )?{_YEAR}",  # 15 May 2023
    rf"{_NAME}\.?[-, ]+(?:[0-9]{{1,2}},? )?{_YEAR}",  # May 15, 2023; May 2023
    rf"{_YEAR}[- ]{_NAME}",  # 2023-MAY
    rf"{_YEAR}年 ?[0-9]{{1,2}}月(?: ?[0-9]{{1,2}}日)?",
)
_DAY = "(?:" + "|".join(_FORMS) + ")"
_TO = r"\s*(?:to|until|through|bis|au|al|a|do|t/m|[-\u2013\u2014~\u301c\uff5e])\s*"
_DATES = rf"(?<![^\W_]){_DAY}(?:{_TO}{_DAY})?(?![^\W_])"
_DIGIT = re.compile("[0-9]")  # in every date


@cache
def _dated() -> re.Pattern[str]:
    """Return the pattern of a date or a range of dates. To compile it takes 20 ms."""
    pattern = rf"[(\[\uff08]\s*(?P<inside>{_DATES})\s*[)\]\uff09]|(?P<bare>{_DATES})"
    return re.compile(pattern, re.IGNORECASE)


def without_dates(header: str) -> tuple[str, str]:
    """Return a header without its dates, and the dates, or an empty text.

    A number of days (`Units sold last 30 days`) or a year alone is not a date. A header that is
    only a date is a name.
    """
    text = trimmed(header)
    found = _dated().search(text) if _DIGIT.search(text) else None
    if found is None:
        return header, ""
    what = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return (what, found["inside"] or found["bare"]) if header_key(what) else (header, "")


# Prefix of a column that is still present but no longer filled.
# Source: https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba
_DEPRECATED = "DEPRECATED "
# Replacements for letters that the document's charset lacks.
_LOST = re.compile(r"[?\ufffd]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one document. ``known``: the report type's entry has it.

    ``dates`` are the dates in its header, the value of an extra column ``dates_name``.
    ``date_order`` is the order of day, month and year if it is not that of the marketplace.
    """

    name: str
    header: str
    kind: Kind
    known: bool
    dates: str = ""
    dates_name: str = ""
    date_order: DateOrder | None = None


def columns_of(header: Sequence[str], report_type: ReportType) -> tuple[Column, ...]:
    """Return one column per header cell, in document order, with unique names.

    Duplicate names are numbered: ``deprecated_column``, ``deprecated_column_2``. If several headers
    match one known column, the best match wins: the entry's header, then an alias, then a
    deprecated, dated or damaged header; the first among equals. The others become new text columns,
    so that no column changes its kind.

    Names of known columns are reserved even if the document lacks them. A header without letters or
    digits is named by its position: ``column_7``. No name begins with an underscore; those are
    the tap's own columns.
    """
    matches = _matches(header, report_type)
    best = _best(matches)
    reserved = {spec.name for spec in report_type.columns}
    taken: set[str] = set()
    columns = []
    for position, (cell, match) in enumerate(zip(header, matches, strict=True)):
        what, dates = without_dates(cell)
        spec = match.spec if match else None
        known = spec is not None and best[spec.name] == position
        wanted = spec.name if spec else column_name(what) or f"column_{position + 1}"
        name = _take(wanted, taken, () if known else reserved)
        dates_name = _take(_with_end(name, "_dates"), taken, reserved) if dates else ""
        kind = spec.kind if spec and known else Kind.TEXT
        order = spec.date_order if spec and known else None
        columns.append(Column(name, trimmed(cell), kind, known, dates, dates_name, order))
    return tuple(columns)


@lru_cache(maxsize=256)
def known_headers(columns: tuple[ColumnSpec, ...]) -> Mapping[str, ColumnSpec]:
    """Return the columns of an entry by all their header keys."""
    return {key: spec for spec in columns for key in spec.keys}


@dataclass(frozen=True, slots=True)
class _Match:
    """The known column of a header; a lower ``rank`` is a better match."""

    rank: int
    spec: ColumnSpec


def _matches(header: Sequence[str], report_type: ReportType) -> Sequence[_Match | None]:
    columns = report_type.columns
    known = known_headers(columns)
    matches = [_match(cell, known) for cell in header]
    if report_type.positional and len(header) == len(columns):
        # Where all headers are in the entry's language, they say more than their order.
        named = {match.spec.name for match in matches if match}
        if len(named) < len(columns):
            return [_Match(0, spec) for spec in columns]
    return matches


def _match(cell: str, known: Mapping[str, ColumnSpec]) -> _Match | None:
    """Look up the whole header first: ``Deprecated column`` is itself a name."""
    key = header_key(cell)
    if spec := known.get(key):
        return _Match(0 if key == header_key(spec.header) else 1, spec)
    what, _ = without_dates(trimmed(cell).removeprefix(_DEPRECATED))
    spec = known.get(header_key(what)) or _damaged(what, known)
    return _Match(2, spec) if spec else None


def _damaged(header: str, known: Mapping[str, ColumnSpec]) -> ColumnSpec | None:
    """Return the only column whose header matches with question marks as wildcards.

    Amazon delivers Polish headers in windows-1252, which lacks some of their letters.
    Source: https://github.com/amzn/selling-partner-api-models/issues/4888
    """
    parts = [re.escape(header_key(part)) for part in _LOST.split(header)]
    if len(parts) == 1 or not parts[0]:
        return None
    pattern = re.compile(r"\w{1,2}".join(parts))
    found = {spec.name: spec for key, spec in known.items() if pattern.fullmatch(key)}
    return found.popitem()[1] if len(found) == 1 else None


def _best(matches: Sequence[_Match | None]) -> Mapping[str, int]:
    """Return the position of the best match for every known column."""
    found = [(match.rank, place, match.spec.name) for place, match in enumerate(matches) if match]
    return {name: place for _, place, name in sorted(found, reverse=True)}


def _take(wanted: str, taken: set[str], reserved: Collection[str]) -> str:
    """Return the wanted name, numbered if it is taken."""
    name, number = wanted, 1
    while name in taken or name in reserved:
        number += 1
        name = _with_end(wanted, f"_{number}")
    taken.add(name)
    return name


def _with_end(name: str, end: str) -> str:
    """Return the name with a suffix, short enough for every target."""
    return name[: LONGEST_NAME - len(end)].rstrip("_") + end
