"""The files of a stream: all rows in order, each key once, and errors where they belong."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from pyarrow import parquet

from tap_mws_reports.dlt.parquet_files import StreamFiles
from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types import Kind, json_schema

SCHEMAS = {
    "id": json_schema(Kind.INTEGER),
    "name": json_schema(Kind.TEXT),
    "shipped": json_schema(Kind.DATE),
    "price": json_schema(Kind.DECIMAL),
}
GROUPS, GROUP_ROWS = 15, 10_000


def batches(groups: int = GROUPS, *, odd: int | None = None) -> Iterator[RecordBatch]:
    """Yield batches as large as a group; the number ``odd`` has a value of another kind."""
    for group in range(groups):
        ids = range(group * GROUP_ROWS, (group + 1) * GROUP_ROWS)
        days = ["soon" if group == odd else "2020-02-29"] * GROUP_ROWS
        yield RecordBatch(("id", "name", "shipped"), (ids, [f"n{each}" for each in ids], days))


@pytest.fixture
def files(tmp_path) -> StreamFiles:
    return StreamFiles(tmp_path, ["id"], lambda: SCHEMAS)


def read(files: StreamFiles) -> pa.Table:
    return pa.concat_tables(parquet.read_table(part.path) for part in files.finish())


def test_all_rows_are_written_in_order(files) -> None:
    files.add(batches())

    rows = read(files)

    assert rows["id"].to_pylist() == list(range(GROUPS * GROUP_ROWS))
    assert rows["name"][-1].as_py() == f"n{GROUPS * GROUP_ROWS - 1}"
    assert rows["price"].null_count == files.rows == GROUPS * GROUP_ROWS


@pytest.mark.parametrize("odd", [0, 3, GROUPS - 1])
def test_a_value_of_another_kind_ends_the_document_there(files, odd) -> None:
    with pytest.raises(UnreadableDocument, match="shipped"):
        files.add(batches(odd=odd))

    assert files.rows == odd * GROUP_ROWS


def test_rows_before_an_error_are_written(files) -> None:
    def interrupted() -> Iterator[RecordBatch]:
        yield from batches(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.add(interrupted())

    assert files.rows == len(read(files)) == 2 * GROUP_ROWS


def test_the_last_row_of_a_key_counts(files) -> None:
    files.add([RecordBatch(("id", "name"), ([1, 2, 1], ["a", "b", "c"]))])
    files.add([RecordBatch(("id", "name"), ([2], ["d"]))])

    assert read(files).select(["id", "name"]).to_pylist() == [
        {"id": 1, "name": "c"},
        {"id": 2, "name": "d"},
    ]


@pytest.mark.parametrize(
    ("sellers", "lines", "kept"),
    [
        ("AAA", [1, 2, 1], [1, 2]),
        ("AAB", [1, 1, 1], [1, 2]),
        ("AAB", [1, 2, 1], [0, 1, 2]),
        ("ABA", [1, 1, 2], [0, 1, 2]),
        ("AAA", [1, 1, 1], [2]),
    ],
)
def test_a_key_is_that_of_all_its_columns(tmp_path, sellers, lines, kept) -> None:
    schemas = {name: json_schema(Kind.TEXT) for name in ("seller", "note")}
    schemas["line"] = json_schema(Kind.INTEGER)
    files = StreamFiles(tmp_path, ["seller", "line"], lambda: schemas)
    notes = [str(place) for place in range(len(lines))]
    files.add([RecordBatch(("seller", "line", "note"), (list(sellers), lines, notes))])

    assert read(files)["note"].to_pylist() == [notes[place] for place in kept]
