"""The cells of one line to a row of typed values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from tap_mws_reports.documents import cells
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.report_types.report_type import ReportType

Row = dict[str, object]


class RowReader:
    """Makes a row of a record. Everything that depends on the columns only is done once."""

    def __init__(self, columns: Sequence[Column], report_type: ReportType, habits: Habits) -> None:
        local_numbers = report_type.local_numbers
        self._readers = [
            (column.name, cells.reader(column.kind, habits, local_numbers=local_numbers))
            for column in columns
        ]
        self._empty: Row = dict.fromkeys(column.name for column in columns)
        identity = report_type.identity
        self._group = identity.columns if identity.kind == "group" else ()
        # The rows of a group stand together in the documents seen, but nothing promises it.
        self._lines: Counter[tuple[object, ...]] = Counter()

    def __call__(self, record: list[str]) -> Row:
        """Return the row of a record, with everything but its number in the document."""
        row = self._empty.copy()
        unparsed: dict[str, str] = {}
        for (name, read), cell in zip(self._readers, record, strict=False):
            try:
                row[name] = read(cell)
            except ValueError:
                unparsed[name] = cell
        row["_unparsed"] = _json(unparsed)
        row["_extra"] = self._extra(record)
        if self._group:
            row["_line"] = self._line(row)
        return row

    def _extra(self, record: list[str]) -> str | None:
        beyond = record[len(self._readers) :]
        return _json(beyond) if any(map(str.strip, beyond)) else None

    def _line(self, row: Row) -> int:
        group = tuple(map(row.get, self._group))
        self._lines[group] += 1
        return self._lines[group]


def _json(value: dict[str, str] | list[str]) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None
