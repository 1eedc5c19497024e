"""Separate the rows of a document from blank, preamble, repeated header and keyless lines.

A line without any cell of its key would be written under an empty key, where each such row replaces
the one before. It is rejected. In types identified by a group such a line continues the row above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from tap_mws_reports.documents.dialect import TAB, Record, RowChunk
from tap_mws_reports.documents.header import is_blank
from tap_mws_reports.documents.record_batch import ColumnChunk, align_columns
from tap_mws_reports.errors import RowsLost
from tap_mws_reports.report_types.naming import header_key

HEADER_REPEAT = "header-repeat"
PREAMBLE = "preamble"
MALFORMED = "malformed-quotes"
KEYLESS = "no-key"


@dataclass(frozen=True, slots=True)
class KeyCells:
    """The places of the cells that identify a row; none if nothing is required.

    ``continued`` says that a line without these cells belongs to the row above, if there is one.
    """

    places: tuple[int, ...] = ()
    continued: bool = False


@dataclass(slots=True)
class LineCounts:
    """Counts of a document's lines, without the header, by outcome.

    Line breaks inside quoted cells do not count. ``rejections`` counts rejected lines by reason,
    ``short`` the rows with fewer cells than the header by their number of cells, ``long`` the rows
    with more; ``first_short`` and ``first_long`` are the lines of the first ones. The counts are
    complete when the last row has been read.
    """

    lines: int = 0
    rows: int = 0
    blank: int = 0
    rejections: Counter[str] = field(default_factory=Counter)
    short: Counter[int] = field(default_factory=Counter)
    first_short: int = 0
    long: int = 0
    first_long: int = 0

    @property
    def rejected(self) -> int:
        """The number of rejected lines."""
        return self.rejections.total()

    @property
    def unusually_short(self) -> int:
        """The number of short rows, if the rows differ in their number of cells.

        A line break inside a cell makes two short rows. Where all rows have the same cells, the
        empty ones at their end are left out.
        """
        short = self.short.total()
        return short if len(self.short) > 1 or short < self.rows else 0

    @property
    def unusually_long(self) -> int:
        """The number of long rows, if there are others; a delimiter may end every line."""
        return self.long if self.long < self.rows else 0

    def note_widths(self, first: int, widths: Iterable[int], width: int) -> None:
        """Count the short and long ones among consecutive rows.

        Args:
            first: the number of the first row's line.
            widths: of the rows.
            width: of the header.
        """
        for number, cells in enumerate(widths, start=first):
            if cells < width:
                self.short[cells] += 1
                self.first_short = self.first_short or number
            elif cells > width:
                self.long += 1
                self.first_long = self.first_long or number

    def __str__(self) -> str:
        """Format the counts for the log."""
        short = f" ({self.unusually_short} with fewer cells than the header)"
        rows = f"{self.rows} rows{short if self.unusually_short else ''}"
        out = f"{rows}, {self.blank} blank lines and {self.rejected} rejected lines out"
        return f"{self.lines} lines in, {out}"

    def check(self) -> None:
        """Raise `RowsLost` unless every line is accounted for."""
        if self.lines != self.rows + self.blank + self.rejected:
            raise RowsLost(
                f"the line counts do not match: {self}",
                hint="please report this: the document was not read completely",
            )


_MIN_NAMES = 3  # of a header; a shorter row may match it by chance
_MAX_ADDED = 6  # characters a variant may add besides separators: quotes, byte order mark
_FIRST_CHARACTER = itemgetter(0)

RejectLine = Callable[[int, str, Record], None]
"""Called for every rejected line with its number, the reason and its cells."""
_NO_KEY = KeyCells()


class RowFilter:
    """Passes the rows of a document, and counts every record.

    Args:
        header: the cells of the header.
        before: the number of records before the header; -1 if the header is not among the records
            and every record is a row.
        counts: counts the records.
        reject: called for every rejected record.
        key: the cells of which a row must have one.
    """

    def __init__(
        self,
        header: Record,
        before: int,
        counts: LineCounts,
        reject: RejectLine,
        key: KeyCells = _NO_KEY,
    ) -> None:
        self._header = header
        first = header[0] if header else ""
        self._keys = _keys(header)
        self._first_key = header_key(first)
        self._longest = 2 * len(first) + _MAX_ADDED
        self._tolerant = len(self._keys) >= _MIN_NAMES
        self._first_characters = _first_characters(first)
        self._width = len(header)
        self._before = before
        self._rows_only = before < 0
        self._counts = counts
        self._reject = reject
        self._key = key.places
        self._continued = key.continued
        self._has_row_above = False

    def cells(self, lines: RowChunk) -> ColumnChunk | None:
        """Return the cells of the rows in a chunk, or None if it has none."""
        if self._before >= 0:
            lines = self._below_header(lines)
        if lines.malformed and lines.records:
            lines = self._without_last(lines)
        if not lines.records:
            return None
        cells = align_columns(lines.records, self._width)
        if self._all_have_keys(cells) and (self._rows_only or self.all_are_rows(cells.columns[0])):
            self._has_row_above = True
            self._counts.lines += len(lines.records)
            if not self._rows_only:
                self._counts.note_widths(lines.first, cells.widths, self._width)
            return cells
        records = self._rows(lines)
        return align_columns(records, self._width) if records else None

    def whole_lines(
        self, first: int, lines: list[str]
    ) -> tuple[Sequence[str], Sequence[str | None] | None]:
        """Return the rows among unsplit lines with tabs, and the `beyond` of their `ColumnChunk`.

        All lines returned have as many cells as the header.

        Args:
            first: the number of the first line.
            lines: consecutive lines.
        """
        if self._before >= 0:
            head = [line.split(TAB) for line in lines[: self._before + 1]]
            self._below_header(RowChunk(first, head))
            first, lines = first + len(head), lines[len(head) :]
        self._counts.lines += len(lines)
        odd = self._odd_lines(lines)
        if odd:
            return self._mended(first, lines, odd)
        self._has_row_above |= bool(lines)
        return lines, None

    @property
    def lines_to_header(self) -> int:
        """The number of lines still to be read up to the header, with it."""
        return max(0, self._before + 1)

    @property
    def required_cells(self) -> tuple[int, ...]:
        """The places of the cells of which the next row must have one; none if none must."""
        return () if self._continued and self._has_row_above else self._key

    def count_rows(self, rows: int) -> None:
        """Count consecutive lines that are rows of the header's width."""
        self._counts.lines += rows
        self._has_row_above |= rows > 0

    def begins_oddly(self, character: str) -> bool:
        """Whether a line with this first character may be blank, or a header."""
        return character.isspace() or character in self._first_characters

    def all_are_rows(self, first_cells: Sequence[str]) -> bool:
        """Whether the first cells rule out blank lines and repeated headers."""
        return (
            all(first_cells)
            and not any(map(str.isspace, first_cells))
            and (
                self._first_characters.isdisjoint(map(_FIRST_CHARACTER, first_cells))
                or not any(map(self._may_be_header, first_cells))
            )
        )

    def _odd_lines(self, lines: Sequence[str]) -> list[int]:
        """Return the places of the lines that are not plainly rows of the header's width."""
        tabs = self._width - 1
        counts = [line.count(TAB) for line in lines]
        odd = {place for place, count in enumerate(counts) if count != tabs}
        if not all(lines) or any(map(self.begins_oddly, {*map(_FIRST_CHARACTER, lines)})):
            cells = (line.partition(TAB)[0] for line in lines)
            odd.update(place for place, cell in enumerate(cells) if not self.all_are_rows([cell]))
        if (key := self.required_cells) and 0 not in key:
            # A line without its first cell is odd already.
            odd.update(place for place, line in enumerate(lines) if self._has_no_key(line))
        return sorted(odd)

    def _has_no_key(self, line: str) -> bool:
        cells = line.split(TAB, self._key[-1] + 1)
        return all(not cells[place].strip() for place in self._key if place < len(cells))

    def _mended(
        self, first: int, lines: list[str], odd: Sequence[int]
    ) -> tuple[Sequence[str], Sequence[str | None] | None]:
        """Return the lines that are rows, with as many cells as the header."""
        lines = list(lines)
        beyond: list[str | None] = [None] * len(lines)
        for before, place in enumerate(odd):
            self._has_row_above |= place > before
            self._counts.lines -= 1
            records = self._rows(RowChunk(first + place, [lines[place].split(TAB)]))
            if not records:
                lines[place] = ""
                continue
            aligned = align_columns(records, self._width)
            beyond[place] = aligned.beyond[0] if aligned.beyond else None
            lines[place] = TAB.join(cells[0] for cells in aligned.columns)
        self._has_row_above |= len(odd) < len(lines)
        if not all(lines):
            beyond = [each for each, line in zip(beyond, lines, strict=True) if line]
            lines = [line for line in lines if line]
        return lines, beyond if any(beyond) else None

    def _all_have_keys(self, cells: ColumnChunk) -> bool:
        """Whether no line of a chunk is to be rejected for lack of a key."""
        if not self.required_cells:
            return True
        columns = [cells.columns[place] for place in self._key]
        if self._continued:
            return any(column[0].strip() for column in columns)
        return any(all(map(str.strip, column)) for column in columns) or all(
            any(map(str.strip, row)) for row in zip(*columns, strict=True)
        )

    def _lacks_key(self, record: Record) -> bool:
        """Whether a row has no cell of its key, and continues no row above."""
        lacks = bool(self._key) and not any(record[p].strip() for p in self._key if p < len(record))
        if self._continued:
            lacks = lacks and not self._has_row_above
            self._has_row_above |= not lacks
        return lacks

    def _may_be_header(self, first_cell: str) -> bool:
        return first_cell == self._header[0] or self._begins_header(first_cell)

    def _is_header(self, record: Record) -> bool:
        """Whether a line repeats the header, also in another spelling."""
        return record == self._header or (
            self._tolerant and self._begins_header(record[0]) and _keys(record) == self._keys
        )

    def _begins_header(self, first_cell: str) -> bool:
        """Whether a cell is a spelling of the first name; fast for most other cells."""
        return (
            first_cell[:1] in self._first_characters
            and len(first_cell) <= self._longest
            and header_key(first_cell) == self._first_key
        )

    def _rows(self, lines: RowChunk) -> list[Record]:
        self._counts.lines += len(lines.records)
        kept = []
        for number, record in enumerate(lines.records, start=lines.first):
            if is_blank(record):
                self._counts.blank += 1
            elif not self._rows_only and self._is_header(record):
                self._reject_line(number, HEADER_REPEAT, record)
            elif self._lacks_key(record):
                self._reject_line(number, KEYLESS, record)
            else:
                kept.append(record)
                if not self._rows_only:
                    self._counts.note_widths(number, [len(record)], self._width)
        return kept

    def _without_last(self, lines: RowChunk) -> RowChunk:
        """Reject the last line, which is malformed, and return the others."""
        *records, last = lines.records
        self._counts.lines += 1
        self._reject_line(lines.first + len(records), MALFORMED, last)
        return RowChunk(lines.first, records)

    def _below_header(self, lines: RowChunk) -> RowChunk:
        records = lines.records
        above = min(self._before, len(records))
        for number, record in enumerate(records[:above], start=lines.first):
            self._counts.lines += 1
            if is_blank(record):
                self._counts.blank += 1
            else:
                self._reject_line(number, PREAMBLE, record)
        self._before -= len(records)
        below = above + 1
        return RowChunk(lines.first + below, records[below:], malformed=lines.malformed)

    def _reject_line(self, number: int, reason: str, record: Record) -> None:
        self._counts.rejections[reason] += 1
        self._reject(number, reason, record)


def _keys(record: Record) -> list[str]:
    """Return the normalized names of a header, without trailing blank ones."""
    keys = list(map(header_key, record))
    while keys and not keys[-1]:
        keys.pop()
    return keys


def _first_characters(first_name: str) -> frozenset[str]:
    """Return the first characters of all spellings of the first name."""
    letters = header_key(first_name)[:1]
    return frozenset({*first_name[:1], *letters, *letters.upper(), *'" \ufeff\u00ef'})
