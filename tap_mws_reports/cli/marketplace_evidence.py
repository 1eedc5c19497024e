"""Evidence in a flat file of the marketplace whose formats it has, if the user does not name it.

Evidence is Amazon's domains in cells, zone names after times, currencies and their signs, and
numbers over 12 in dates. A single ambiguous value is not evidence. Amounts that have one meaning
only, such as ``1,234.50`` or ``5,00``, decide about the decimal mark: sellers may have their
account in another language than that of the marketplace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import MARKETPLACES, Marketplace
from tap_mws_reports.documents import Column, Table
from tap_mws_reports.documents.flat_file import FlatFile
from tap_mws_reports.report_types import Kind
from tap_mws_reports.report_types.report_type import DateOrder

_DOMAIN = re.compile(r"(?:www\.)?amazon\.([a-z]{2,3}(?:\.[a-z]{2})?)", re.IGNORECASE)
_ZONE = re.compile(r"[0-9] ?(?:[AaPp]\.?[Mm]\.? )?([A-Z]{3,4})$")
_DATE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")
_LONG_YEAR = 4
_MOST_MONTHS, _MOST_DAYS = 12, 31
_ORDERS: tuple[DateOrder, ...] = ("MDY", "DMY", "YMD")
_ROWS_WITHOUT_NUMBERS = 20_000
"""Rows after which a document without numeric dates is not read further."""

_COUNTRY_BY_DOMAIN = {
    "com": "US",
    "ca": "CA",
    "com.mx": "MX",
    "com.br": "BR",
    "de": "DE",
    "fr": "FR",
    "it": "IT",
    "es": "ES",
    "co.uk": "GB",
    "nl": "NL",
    "pl": "PL",
    "se": "SE",
    "com.be": "BE",
    "ie": "IE",
    "com.tr": "TR",
    "ae": "AE",
    "sa": "SA",
    "eg": "EG",
    "in": "IN",
    "co.za": "ZA",
    "sg": "SG",
    "com.au": "AU",
    "co.jp": "JP",
    "cn": "CN",
}
# Zones of one country, or of several with the same formats. UTC and GMT are used everywhere.
_COUNTRY_BY_ZONE = {
    **dict.fromkeys(("MET", "MEST", "MEZ", "MESZ", "CET", "CEST"), "DE"),
    **dict.fromkeys(("PST", "PDT"), "US"),
    **dict.fromkeys(("HNE", "HAE", "HNC", "HAC", "HNR", "HAR", "HNP", "HAP"), "CA"),
    **dict.fromkeys(("AEST", "AEDT"), "AU"),
    **dict.fromkeys(("BRT", "BRST"), "BR"),
    "BST": "GB",
    "JST": "JP",
    "TRT": "TR",
    "SGT": "SG",
}
# Signs in amounts. Those of several countries with different formats are left out.
_COUNTRY_BY_SIGN = {
    "€": "DE",
    "£": "GB",
    "₹": "IN",
    "zł": "PL",
    "₺": "TR",
    "TL": "TR",
    "R$": "BR",
    "MX$": "MX",
    "CA$": "CA",
    "C$": "CA",
    "A$": "AU",
    "AU$": "AU",
    "S$": "SG",
    "¥": "JP",
    "￥": "JP",
}
_SIGN = re.compile(r"-? ?([^\W\d_]{0,2}[$€£₹₺¥￥]) ?-?[0-9]|[0-9] ?([€£₹₺]|zł|TL)$")
DecimalMark = Literal[".", ","]
_MARKS: tuple[DecimalMark, ...] = (".", ",")
_NOT_NUMERIC = re.compile(r"[^0-9.,]")
_GROUPED_AMOUNT = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?!\1)([.,])[0-9]+")
_AMOUNT = re.compile(r"([0-9]*)([.,])([0-9]+)")
_GROUP = 3  # digits
_COUNTRY_BY_CURRENCY = {
    each.currency: each.country
    for each in MARKETPLACES.values()
    if each.country and each.currency != "EUR"
} | {"EUR": "DE"}


@dataclass(slots=True)
class _DateEvidence:
    """The orders that all numeric dates of a column permit; ``example`` excludes an order."""

    possible: set[DateOrder] = field(default_factory=lambda: set(_ORDERS))
    examples: dict[DateOrder, str] = field(default_factory=dict)
    numeric: bool = False

    def add(self, cell: str) -> None:
        found = _DATE.match(cell.strip())
        if found is None or (found[2] == "." and len(found[4]) == _LONG_YEAR):
            return
        self.numeric = True
        for order in _excluded(int(found[1]), int(found[3]), found[4]) & self.possible:
            self.possible.discard(order)
            self.examples[order] = cell


def _excluded(first: int, second: int, third: str) -> set[DateOrder]:
    fits: dict[DateOrder, bool] = {
        "MDY": first <= _MOST_MONTHS and second <= _MOST_DAYS,
        "DMY": second <= _MOST_MONTHS and first <= _MOST_DAYS,
        "YMD": len(third) < _LONG_YEAR and second <= _MOST_MONTHS and int(third) <= _MOST_DAYS,
    }
    return {order for order, fit in fits.items() if not fit}


@dataclass(slots=True)
class Evidence:
    """What the cells of a document say: names by source, and the orders of dates by column."""

    domains: set[str] = field(default_factory=set)
    zones: set[str] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    marks: dict[DecimalMark, str] = field(default_factory=dict)
    """Decimal marks of amounts, each with an example."""
    dates: dict[str, _DateEvidence] = field(default_factory=dict)

    @property
    def only_signs(self) -> bool:
        """Whether only the currency signs of amounts name a marketplace.

        They show its decimal mark; the order of dates is that of the seller's language.
        """
        return not (self.domains or self.zones or self.currencies)

    @property
    def decimal_mark(self) -> tuple[DecimalMark, str] | None:
        """Return the decimal mark and an example if all amounts that prove one have the same."""
        return next(iter(self.marks.items())) if len(self.marks) == 1 else None

    def marketplace(self) -> tuple[Marketplace, str] | None:
        """Return the marketplace, or one with the same formats, and the reason; None if unclear."""
        for names, countries in (
            (self.domains, _COUNTRY_BY_DOMAIN),
            (self.zones, _COUNTRY_BY_ZONE),
            (self.currencies, _COUNTRY_BY_CURRENCY),
            (self.signs, _COUNTRY_BY_SIGN),
        ):
            found = {
                countries[name]: name for name in sorted(names, reverse=True) if name in countries
            }
            places = [marketplaces.find(country) for country in sorted(found)]
            if len({(each.date_order, each.decimal_mark) for each in places}) == 1:
                name = found[places[0].country]
                shown = f"Amazon.{name}" if names is self.domains else name
                return places[0], f"by {shown} in its rows; no --marketplace was given"
        return None


@dataclass(frozen=True, slots=True)
class DateDecisions:
    """Columns with their own order of dates, those that become text, and a remark for each."""

    orders: Mapping[str, DateOrder]
    texts: Sequence[str]
    remarks: Sequence[str]


def gather_evidence(table: Table) -> Evidence:
    """Read a document for evidence; a document whose formats are not in question is not read."""
    evidence = Evidence()
    dates = [column.name for column in table.columns if _is_open(column)]
    local = table.report_type.local_numbers and _has_kind(table.columns, Kind.DECIMAL)
    if not isinstance(table.reader, FlatFile) or not (dates or local):
        return evidence
    evidence.dates = {name: _DateEvidence() for name in dates}
    evidence.currencies.update(_stated_currencies(table.preamble))
    plain = replace(table, columns=tuple(replace(c, kind=Kind.TEXT) for c in table.columns))
    amounts = {column.name for column in table.columns if column.kind is Kind.DECIMAL}
    rows = 0
    for block in plain.blocks():
        for name, values in zip(block.names, block.columns, strict=True):
            if not name.startswith("_"):
                cells = {str(value) for value in values if value}
                _add_cells(evidence, name, cells)
                if name in amounts:
                    found = map(_SIGN.search, cells)
                    evidence.signs.update(each[1] or each[2] for each in found if each)
                    _add_marks(evidence.marks, cells)
        rows += len(block)
        if rows >= _ROWS_WITHOUT_NUMBERS and not any(e.numeric for e in evidence.dates.values()):
            break
    return evidence


def _add_marks(marks: dict[DecimalMark, str], cells: Iterable[str]) -> None:
    """Add the decimal marks that amounts prove, each with the first of them."""
    for cell in sorted(cells):
        proof = _proven_mark(cell)
        for mark in _MARKS:
            if proof == mark:
                marks.setdefault(mark, cell)


def _proven_mark(cell: str) -> str:
    """Return the decimal mark of an amount, empty if it may have another."""
    digits = _NOT_NUMERIC.sub("", cell)
    if found := _GROUPED_AMOUNT.fullmatch(digits):
        return found[2]
    found = _AMOUNT.fullmatch(digits)
    # 1.234 may be a thousand; 0.125 and 1234.567 may not.
    may_be_group = found and len(found[3]) == _GROUP >= len(found[1]) and found[1].strip("0")
    return found[2] if found and not may_be_group else ""


def _stated_currencies(preamble: str) -> Iterator[str]:
    """Yield the currencies in the settings above a header: ``Currency=[EUR]``."""
    for name, value in json.loads(preamble or "{}").items():
        if name.casefold() == "currency":
            yield from map(str, value if isinstance(value, list) else [value])


def _add_cells(evidence: Evidence, name: str, cells: Iterable[str]) -> None:
    """Add the different cells of a column."""
    if name in evidence.dates:
        for cell in cells:
            evidence.dates[name].add(cell)
            if zone := _ZONE.search(cell.strip()):
                evidence.zones.add(zone[1])
        return
    for cell in map(str.strip, cells):
        if found := _DOMAIN.fullmatch(cell):
            evidence.domains.add(found[1].lower())
        elif "currency" in name and cell in _COUNTRY_BY_CURRENCY:
            evidence.currencies.add(cell)


def decide_dates(evidence: Evidence, assumed: DateOrder, *, certain: bool) -> DateDecisions:
    """Decide the order of day and month of every column with numeric dates.

    Args:
        evidence: of the document.
        assumed: the order of the marketplace.
        certain: whether evidence chose the marketplace; otherwise the values may overrule it.
    """
    orders: dict[str, DateOrder] = {}
    texts, remarks = [], []
    numeric = {name: each for name, each in evidence.dates.items() if each.numeric}
    proven = {tuple(each.possible) for each in numeric.values() if len(each.possible) == 1}
    by_others = next(iter(proven))[0] if len(proven) == 1 and not certain else None
    for name, dates in numeric.items():
        possible = dates.possible
        if not certain and len(possible) == 1:
            (orders[name],) = possible
            if orders[name] != assumed:
                example = dates.examples[assumed]
                remarks.append(f"{name} is read as {orders[name]}: {example} is not {assumed}")
        elif not certain and by_others in possible and by_others is not None:
            orders[name] = by_others
            if by_others != assumed:
                remarks.append(f"{name} is read as {by_others}, like the other dates")
        elif assumed not in possible:
            texts.append(name)
            remarks.append(f"{name} is text: {dates.examples[assumed]} is not {assumed}")
        elif not certain:
            remarks.append(
                f"{name} is read as {assumed}, which no value proves; --marketplace decides"
            )
    return DateDecisions(orders, texts, remarks)


def _is_open(column: Column) -> bool:
    """Whether the marketplace decides how the dates of a column are read."""
    return column.kind in {Kind.DATE, Kind.TIMESTAMP} and column.date_order is None


def _has_kind(columns: Iterable[Column], kind: Kind) -> bool:
    return any(column.kind is kind for column in columns)
