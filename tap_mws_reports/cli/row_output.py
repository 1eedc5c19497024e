"""Rows of a document as JSON lines, CSV or parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import IO, Any, Literal, Protocol

import msgspec

from tap_mws_reports.cli.read_summary import ReadSummary
from tap_mws_reports.documents import Exact, RecordBatch, Table
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Kind, json_schema

Format = Literal["jsonl", "csv", "parquet"]

_NUMBERS = frozenset({"_row_number", "_line"})
"""Columns that are not in the document and hold integers; the others that are not hold text."""


class RowOutput(Protocol):
    """Writes the rows of one document; all batches have the same columns."""

    exact: Exact
    """Converts the digits of decimals."""

    def write(self, batch: RecordBatch) -> None:
        """Write the rows of a batch."""

    def close(self) -> None:
        """Write what belongs after the rows."""


class JsonLines:
    """One JSON object in a line for each row; decimals are numbers with all their digits."""

    exact: Exact = Decimal

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._encoder = msgspec.json.Encoder(decimal_format="number")

    def write(self, batch: RecordBatch) -> None:
        """See `RowOutput.write`."""
        self._stream.write(self._encoder.encode_lines(list(batch.rows())))

    def close(self) -> None:
        """See `RowOutput.close`."""
        self._stream.flush()


class Csv:
    """Comma-separated values as in RFC 4180, in UTF-8; a null is an empty cell."""

    exact: Exact = Decimal

    def __init__(self, stream: IO[bytes], table: Table) -> None:
        self._stream = stream
        self._header: tuple[str, ...] = tuple(table.kinds)
        self._begun = False

    def write(self, batch: RecordBatch) -> None:
        """See `RowOutput.write`."""
        if not self._begun:
            self._header = (*batch.constants, *batch.names)
            self._begin()
        constants = [_cell(value) for value in batch.constants.values()]
        columns = zip(*batch.columns, strict=True)
        self._lines([[*constants, *map(_cell, values)] for values in columns])

    def close(self) -> None:
        """See `RowOutput.close`. A document without rows has a header nonetheless."""
        if not self._begun:
            self._begin()
        self._stream.flush()

    def _begin(self) -> None:
        self._begun = True
        self._lines([list(self._header)])

    def _lines(self, lines: list[list[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._stream.write(text.getvalue().encode())


class Parquet:
    """One parquet file with typed columns.

    Raises:
        SettingsError: pyarrow is not installed.
    """

    def __init__(self, stream: IO[bytes], table: Table) -> None:
        try:
            from pyarrow import parquet  # noqa: PLC0415 - an extra that few commands need

            from tap_mws_reports.streams import arrow  # noqa: PLC0415
        except ImportError:
            raise SettingsError(
                "parquet needs pyarrow, which is not installed",
                where="--format",
                hint="install tap-mws-reports[parquet]",
            ) from None
        self._stream = stream
        self._kinds: Mapping[str, Kind] = MappingProxyType(table.kinds)
        self._arrow = arrow
        self.exact: Exact = arrow.fitting_digits
        self._make_writer = parquet.ParquetWriter
        self._writer: parquet.ParquetWriter | None = None

    def write(self, batch: RecordBatch) -> None:
        """See `RowOutput.write`."""
        if not len(batch):
            return
        rows = self._arrow.table([batch], self._schema_of)
        if self._writer is None:
            self._writer = self._make_writer(self._stream, rows.schema)
        self._writer.write_table(rows)

    def close(self) -> None:
        """See `RowOutput.close`. A document without rows has a schema nonetheless."""
        if self._writer is None:
            empty = RecordBatch(tuple(self._kinds), tuple([] for _ in self._kinds))
            rows = self._arrow.table([empty], self._schema_of)
            self._writer = self._make_writer(self._stream, rows.schema)
        self._writer.close()
        self._stream.flush()

    def _schema_of(self, name: str) -> Mapping[str, Any]:
        kind = Kind.INTEGER if name in _NUMBERS else self._kinds.get(name, Kind.TEXT)
        return json_schema(kind)


def make_output(form: Format, stream: IO[bytes], table: Table) -> RowOutput:
    """Return what writes rows of a document in a format.

    Raises:
        SettingsError: the format needs a package that is not installed, or would be printed on a
            terminal.
    """
    if form == "jsonl":
        return JsonLines(stream)
    if form == "csv":
        return Csv(stream, table)
    if stream.isatty():
        what = "parquet cannot be printed on a terminal"
        raise SettingsError(what, where="--format", hint="name a file with -o")
    return Parquet(stream, table)


def write_rows(
    table: Table,
    summary: ReadSummary,
    output: RowOutput,
    constants: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Write all rows of a document, each with the constants, and fill the summary."""
    for batch in table.blocks(reject=summary.reject, exact=output.exact):
        summary.look_at(batch)
        output.write(replace(batch, constants={**constants, **batch.constants}))
    output.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
