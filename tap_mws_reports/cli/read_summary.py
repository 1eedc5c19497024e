"""The summary of a document that was read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat

import msgspec

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.documents import RecordBatch, Table
from tap_mws_reports.documents.charsets import (
    MULTI_BYTE,
    codec_named,
    fits,
    likely_east_asian,
    looks_east_asian,
)
from tap_mws_reports.documents.decoding import Rule
from tap_mws_reports.documents.dialect import is_wrapped
from tap_mws_reports.documents.kind_hints import new_columns_judge
from tap_mws_reports.errors import printable

RULES: dict[Rule, str] = {
    "bom": "by its byte order mark",
    "zeros": "by its zero bytes",
    "header": "as given",
    "declaration": "as declared in the document",
    "utf-8": "every byte of the document fits",
    "marketplace": "the marketplace's code page",
    "mixed": "most bytes fit, the others are read as windows-1252",
}
"""The reason for the character set of a document, by the rule that chose it."""

UNCERTAIN_RULES: frozenset[Rule] = frozenset({"marketplace", "mixed"})
"""The rules without evidence in the document."""

_EAST_ASIAN = {"cp932": "JP", "gb18030": "CN"}

_SHOWN = 20  # rejected lines
_LONGEST = 60  # characters of an example
_SHORTENED = re.compile(r"-?[0-9](?:[.,][0-9]+)?E\+[0-9]{1,2}|#{5,}")
_SIGNS_OF_SHORTENED = ("E+", "#####")
_NOTHING = '"--"'  # Amazon's own quotes, in the contents of shipments
# What a spreadsheet writes before a sum, in the languages of the marketplaces.
_SUMS = frozenset(
    [
        "total",
        "totals",
        "grand total",
        "sum",
        "gesamt",
        "gesamtsumme",
        "summe",
        "total général",
        "totale",
        "total general",
        "suma",
        "totaal",
        "totalt",
        "razem",
        "toplam",
        "合計",
        "総計",
        "合计",
        "总计",
    ]
)


class ReadSummary:
    """Collects facts while the rows of a document are read.

    Args:
        table: the document.
        why: the reason for its type.
        remarks: on the order of day and month.
    """

    def __init__(self, table: Table, why: str, remarks: Sequence[str] = ()) -> None:
        self._table = table
        self._remarks = remarks
        self._why = why
        self._misfits = Counter[str]()
        self._examples: dict[str, str] = {}
        self._long_rows = 0
        self._first_long: object = None
        self._rejected: list[str] = []
        self._in_quotes = 0
        self._quoted_cell = ""
        self._shortened = Counter[str]()
        self._shortened_cell = ""
        self._last_row: list[object] = []
        self._judge = new_columns_judge(table.columns, table.report_type, table.marketplace_format)

    def reject(self, number: int, reason: str, cells: list[str]) -> None:
        """Keep a rejected line if it is one of the first."""
        if len(self._rejected) < _SHOWN:
            self._rejected.append(f"line {number}, {reason}: {_short(cells)}")

    def look_at(self, batch: RecordBatch) -> None:
        """Count the cells that do not have the kind of their column, and judge new columns."""
        self._judge.look_at(batch)
        if self._table.splits_at_tabs:
            self._count_quotes(batch)
        self._count_shortened(batch)
        columns = dict(zip(batch.names, batch.columns, strict=True))
        rows = zip(*(columns[name] for name in ("_row_number", "_extra", "_unparsed")), strict=True)
        for number, extra, unparsed in rows:
            if extra:
                self._long_rows += 1
                self._first_long = self._first_long or number
            if unparsed:
                cells = msgspec.json.decode(str(unparsed), type=dict[str, str])
                self._misfits.update(cells.keys())
                self._examples = {**cells, **self._examples}
        if len(batch):
            self._last_row = [
                column[-1] for name, column in columns.items() if not name.startswith("_")
            ]

    def _count_quotes(self, batch: RecordBatch) -> None:
        """Count the cells in quotes, which spreadsheets add to cells with commas or quotes."""
        for name, values in zip(batch.names, batch.columns, strict=True):
            if not name.startswith("_"):
                texts = (each for each in values if isinstance(each, str))
                found = [each for each in texts if is_wrapped(each) and each != _NOTHING]
                self._in_quotes += len(found)
                self._quoted_cell = self._quoted_cell or next(iter(found), "")

    def _count_shortened(self, batch: RecordBatch) -> None:
        """Count the texts that are numbers with an exponent: a spreadsheet shortens long ids.

        What is wider than its column may become a row of number signs.
        """
        for name, values in zip(batch.names, batch.columns, strict=True):
            texts = [] if name.startswith("_") else [v for v in values if isinstance(v, str)]
            joined = "\n".join(texts)  # one search is faster than one in each cell
            if any(sign in joined for sign in _SIGNS_OF_SHORTENED) and (
                found := [each for each in texts if _SHORTENED.fullmatch(each.strip())]
            ):
                self._shortened[name] += len(found)
                self._shortened_cell = self._shortened_cell or found[0]

    def render(self, marketplace: Marketplace, whose: str, charset: str | None) -> str:
        """Return the summary as text.

        Args:
            marketplace: the marketplace whose format was used.
            whose: the reason for that marketplace.
            charset: the charset that the user named.
        """
        facts = [
            ("type", f"{self._table.report_type.name} ({self._why})"),
            ("charset", self._charset(charset) + self._charset_remark(marketplace)),
            ("formats", _marketplace_format(marketplace, whose)),
            *(("dates", remark) for remark in self._remarks),
            *(("quotes", decision) for decision in self._table.decisions),
            *self._quotes(),
            *self._settings(),
            *self._columns(),
            *self._lines(),
            *self._total(),
            *self._end(),
            *self._cells(),
            *self._digits(),
        ]
        lines = [(name, printable(text)) for name, text in facts]
        return "\n".join(f"{name:>8}: {text}" if name else f"{'':10}{text}" for name, text in lines)

    def _charset(self, given: str | None) -> str:
        encoding, rule = self._table.decoding.encoding, self._table.decoding.rule
        fits = codec_named(given) in {None, encoding.removesuffix("-sig")}
        overruled = "" if fits else f"; not {given} as given"
        return f"{encoding} ({rule}: {RULES[rule]}{overruled})"

    def _charset_remark(self, marketplace: Marketplace) -> str:
        """Return a remark if the charset is probably wrong and another marketplace's would fit."""
        encoding, rule = self._table.decoding.encoding, self._table.decoding.rule
        path = self._table.path
        if rule not in UNCERTAIN_RULES or not looks_east_asian(path):
            return ""
        likely = likely_east_asian(path)
        if encoding in MULTI_BYTE and likely in {None, encoding}:
            return ""
        codecs = [likely] if likely else [codec for codec in _EAST_ASIAN if fits(path, codec)]
        others = [_EAST_ASIAN[codec] for codec in codecs if codec != marketplace.code_page]
        if not others:
            return "; it looks like Japanese or Chinese, but is in the code page of neither"
        named = " or ".join(others)
        return f"; it looks like Japanese or Chinese, which --marketplace {named} would read"

    def _quotes(self) -> Iterable[tuple[str, str]]:
        if self._in_quotes:
            what = f"{self._in_quotes} cells are in quotes, such as {_short(self._quoted_cell)}"
            yield "quotes", f"{what}; a spreadsheet may have added them, and they are kept"

    def _settings(self) -> Iterable[tuple[str, str]]:
        if self._table.preamble:
            yield "above", f"{self._table.preamble}; every row has them in _preamble"

    def _columns(self) -> Iterable[tuple[str, str]]:
        known = {column.name for column in self._table.columns if column.known}
        new = [column.name for column in self._table.columns if not column.known]
        missing = [spec.name for spec in self._table.report_type.columns if spec.name not in known]
        yield "columns", f"{len(known)} known, {len(new)} new, {len(missing)} missing"
        yield "new", ", ".join(new) or "none"
        yield "missing", ", ".join(missing) or "none"
        for name, hint in zip(chain(["kinds"], repeat("")), self._judge.hints(), strict=False):
            what = f"{hint.column.name} is text, but all of its {hint.cells} cells look like"
            yield name, f"{what} {hint.kind.value}; the line for an entry: {hint.line}"
        if lacking := self._table.missing_identity:
            yield "key", f"incomplete without {', '.join(lacking)}"

    def _lines(self) -> Iterable[tuple[str, str]]:
        counts = self._table.counts
        made = f"{counts.rows} rows, {counts.blank} blank, {counts.rejected} rejected"
        end = "; the last has no line end" if counts.rows and self._table.lacks_line_end else ""
        yield "lines", f"{counts.lines} in: {made}{end}"
        yield from (("", line) for line in self._rejected)
        if counts.rejected > len(self._rejected):
            yield "", f"and {counts.rejected - len(self._rejected)} more"
        if short := counts.unusually_short:
            where = f"the first is line {counts.first_short}; missing cells are null"
            yield "short", f"rows with fewer cells than the header: {short}, {where}"
        elif counts.short:
            (cells,) = counts.short
            found = f"{cells} of {len(self._table.header)} cells"
            yield "short", f"every row has {found}; those missing at the end are null"
        if counts.unusually_long and not self._long_rows:
            where = f"the first is line {counts.first_long}; the cells beyond are blank"
            yield "long", f"rows with more cells than the header: {counts.long}, {where}"

    def _total(self) -> Iterable[tuple[str, str]]:
        """Tell of a last row that begins with a word for a sum; no report of Amazon has one."""
        first = next((cell for cell in self._last_row if cell is not None), None)
        if isinstance(first, str) and first.strip(" :").casefold() in _SUMS:
            yield "total", f"the last row may be a sum of those above: {_short(first)}; it is kept"

    def _end(self) -> Iterable[tuple[str, str]]:
        if cells := self._table.cells_of_cut_line:
            where = f"it ends within a line, after {cells} of {len(self._table.header)} cells"
            yield "end", f"the document is possibly incomplete: {where}"
        elif self._table.ends_within_header:
            yield "end", "the document is possibly incomplete: it has no line end after its header"

    def _cells(self) -> Iterable[tuple[str, str]]:
        kept = "; _unparsed has them" if self._misfits else ""
        yield "cells", f"{self._misfits.total()} did not fit their columns{kept}"
        for name, count in self._misfits.most_common():
            yield "", f"{name}: {count}, such as {_short(self._examples[name])}"
        if self._long_rows:
            first = f"the first is row {self._first_long}; _extra has what is beyond it"
            yield "extra", f"rows longer than the header: {self._long_rows}, {first}"

    def _digits(self) -> Iterable[tuple[str, str]]:
        if self._shortened:
            names = ", ".join(f"{name} ({count})" for name, count in self._shortened.most_common())
            example = _short(self._shortened_cell)
            yield "digits", f"a spreadsheet has shortened cells, such as {example}, in {names}"


def _marketplace_format(marketplace: Marketplace, whose: str) -> str:
    return (
        f"{marketplace.name} ({whose}): "
        f"dates {marketplace.date_order}, decimal mark {marketplace.decimal_mark!r}, "
        f"zone names as in {marketplace.time_zone}"
    )


def _short(what: object) -> str:
    text = json.dumps(what, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
