"""BATCH: files of selected columns, one message for each document, STATE after it."""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlparse

import pyarrow.parquet
import pytest
from singer_sdk.helpers._batch import StorageTarget

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import RowsLost, SettingsError, UnreadableDocument
from tap_mws_reports.streams.batch.batch_files import BatchStorage, _cut, write_batch_files
from tap_mws_reports.streams.batch.batch_formats import make_format

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
RECENT = {"start_date": "2020-05-20T00:00:00Z"}


def batch_config(folder: Path, form: str, compression: str, size: int = 10_000) -> dict:
    return {
        "encoding": {"format": form, "compression": compression},
        "storage": {"root": folder.as_uri(), "prefix": "a-"},
        "batch_size": size,
    }


def path_of(address: str) -> Path:
    return Path(unquote(urlparse(address).path))


def read(address: str) -> list[dict]:
    path = path_of(address)
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    content = path.read_bytes()
    lines = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line, parse_float=Decimal) for line in lines.splitlines()]


def batches(output) -> list[dict]:
    return [each for each in output.messages if each["type"] == "BATCH"]


def orders(*lines: str, more: str = "") -> bytes:
    """Return a document of orders whose lines are `order TAB quantity` and price in turn."""
    header = f"amazon-order-id\tquantity\titem-price{more}\r\n"
    rows = zip(lines[::2], lines[1::2], strict=True)
    return (header + "".join(f"{row}\t{price}\r\n" for row, price in rows)).encode()


def messages_of(lines: list[bytes], kind: str) -> list[dict]:
    messages = (json.loads(line, parse_float=Decimal) for line in lines)
    return [each for each in messages if each["type"] == kind]


def rows_of_batches(lines: list[bytes]) -> list[list[dict]]:
    """Return the rows of each file, as they are read back."""
    return [read(file) for each in messages_of(lines, "BATCH") for file in each["manifest"]]


def plain(record: dict) -> dict:
    """Return a record as JSON and parquet agree on it: days and instants as themselves."""
    return {name: plain_value(value) for name, value in record.items()}


def plain_value(value: object) -> object:
    if isinstance(value, (float, Decimal)):
        return Decimal(str(value))
    for read in (date.fromisoformat, datetime.fromisoformat):
        with contextlib.suppress(ValueError, TypeError):
            return read(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)  # as parquet files have them
    return value


@pytest.mark.parametrize(
    ("form", "compression", "suffix"),
    [
        ("jsonl", "gzip", ".jsonl.gz"),
        ("jsonl", "none", ".jsonl"),
        ("parquet", "gzip", ".parquet"),
        ("parquet", "none", ".parquet"),
    ],
)
def test_files_have_the_same_rows_as_records(
    harness, whole_run, tmp_path, form, compression, suffix
) -> None:
    config = batch_config(tmp_path, form, compression, size=50)
    expected = whole_run(ORDERS, **RECENT).records(STREAM)
    output = harness.run(ORDERS, **RECENT, batch_config=config)

    assert len(expected) > 100
    files = [address for batch in batches(output) for address in batch["manifest"]]
    rows = [row for address in files for row in read(address)]

    assert list(map(plain, rows)) == list(map(plain, expected))
    assert all(address.endswith(suffix) for address in files)
    assert all(len(read(address)) <= 50 for address in files)
    assert not output.records(STREAM)


def test_state_with_a_document_follows_its_batch(harness, tmp_path) -> None:
    output = harness.run(ORDERS, batch_config=batch_config(tmp_path, "jsonl", "gzip"))

    after = [
        following for message, following in pairwise(output.messages) if message["type"] == "BATCH"
    ]
    assert len(after) > 1
    assert {each["type"] for each in after} == {"STATE"}
    states = [json.dumps(each["value"]["bookmarks"][STREAM]) for each in after]
    assert len(set(states)) == len(states)


def test_a_replay_writes_the_same_files_again(make_harness, tmp_path) -> None:
    config = batch_config(tmp_path, "jsonl", "gzip")
    first = batches(make_harness().run(ORDERS, batch_config=config))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    second = batches(make_harness().run(ORDERS, batch_config=config))

    assert first == second
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert all(path.name.startswith("a-A1SANDBOXNA-flat_file") for path in before)


def test_columns_that_are_not_selected_are_in_no_file(make_harness, tmp_path) -> None:
    for form in ("jsonl", "parquet"):
        harness = make_harness()
        catalog = harness.tap(ORDERS).catalog_dict
        for entry in catalog["streams"]:
            for each in entry["metadata"]:
                if each["breadcrumb"][-1:] in (["ship_city"], ["buyer_email"]):
                    each["metadata"]["selected"] = False
        config = batch_config(tmp_path / form, form, "none")
        output = harness.sync(harness.tap(ORDERS, catalog=catalog, batch_config=config))

        rows = [
            row for batch in batches(output) for file in batch["manifest"] for row in read(file)
        ]
        assert rows
        assert not any("ship_city" in row for row in rows)


def test_lifecycle_streams_write_records(harness, tmp_path) -> None:
    output = harness.run(ORDERS, batch_config=batch_config(tmp_path, "jsonl", "gzip"))

    assert output.records("report_requests")
    assert {batch["stream"] for batch in batches(output)} == {STREAM}


def test_files_are_split_when_they_are_full() -> None:
    blocks = [RecordBatch(("n",), (list(range(start, start + 4)),)) for start in (0, 4, 8)]

    cut = [(number, list(block.columns[0])) for number, block in _cut(iter(blocks), 5)]

    assert cut == [(1, [0, 1, 2, 3]), (1, [4]), (2, [5, 6, 7]), (2, [8, 9]), (3, [10, 11])]


@pytest.mark.parametrize("digits", ["1E-18", "-99999999999999999999.999999999999999999", "1E+5"])
def test_parquet_keeps_every_digit_that_fits(tmp_path, digits: str) -> None:
    form = make_format("parquet", lambda _name: {"type": ["number", "null"]}, None)
    with (tmp_path / "x").open("wb") as file:
        form.write(iter([RecordBatch(("price",), ([form.exact(digits), None],))]), file)

    kept = pyarrow.parquet.read_table(tmp_path / "x").column("price").to_pylist()
    assert kept == [Decimal(digits), None]


@pytest.mark.parametrize("digits", ["1E-19", "0.1234567890123456789", "1E+20"])
def test_numbers_that_do_not_fit_in_parquet_are_text(written, tmp_path, digits) -> None:
    config = batch_config(tmp_path, "parquet", "none")
    ((row,),) = rows_of_batches(written(ORDERS, [orders("1\tx", digits)], batch_config=config))

    assert row["item_price"] is None
    assert json.loads(row["_unparsed"]) == {"quantity": "x", "item_price": digits}


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("19.90", "19.90"),
        ("12345678901234567.123456789", "12345678901234567.123456789"),
        ("1E+2", "100"),
        ("0.1234567891", None),
        ("1E+29", None),
    ],
)
def test_exact_decimals_are_text_in_files_of_json_lines(written, tmp_path, digits, text) -> None:
    config = batch_config(tmp_path, "jsonl", "gzip")
    lines = written(ORDERS, [orders("1\t2", digits)], batch_config=config, decimals="exact")
    ((row,),) = rows_of_batches(lines)

    assert row["item_price"] == text
    assert json.loads(row["_unparsed"] or "{}") == ({} if text else {"item_price": digits})
    (schema,) = messages_of(lines, "SCHEMA")
    assert schema["schema"]["properties"]["item_price"]["precision"] == 38


@pytest.mark.parametrize("digits", ["12345678901234567.123456789", "19.9", "1E+28"])
def test_exact_decimals_have_their_precision_in_parquet(written, tmp_path, digits) -> None:
    config = batch_config(tmp_path, "parquet", "none")
    lines = written(ORDERS, [orders("1\t2", digits)], batch_config=config, decimals="exact")
    (batch,) = messages_of(lines, "BATCH")
    column = pyarrow.parquet.read_table(path_of(batch["manifest"][0])).column("item_price")

    assert (column.type.precision, column.type.scale) == (38, 9)
    assert column.to_pylist() == [Decimal(digits)]


def test_integers_that_do_not_fit_in_parquet_are_refused(tmp_path) -> None:
    form = make_format("parquet", lambda _name: {"type": ["integer", "null"]}, None)
    block = RecordBatch(("quantity",), ([1 << 63],))

    with (
        (tmp_path / "x").open("wb") as file,
        pytest.raises(UnreadableDocument, match="column quantity are not of its type, int64"),
    ):
        form.write(iter([block]), file)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(SettingsError, match="no batch files of the format `avro`") as caught:
        make_format("avro", lambda _name: None, None)
    assert "jsonl, parquet" in caught.value.hint


def test_parquet_without_pyarrow_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingsError, match="pyarrow, which is not installed"):
        make_format("parquet", lambda _name: None, None)


ODD_DOCUMENTS = [
    orders("1", "2\t9.90", "1", "\t"),
    orders(),
    orders("2\tone", "--\ttoo many\tcells", "\t", "", "3", "7", more="\tis-business-order\tShelf"),
    orders("4\t\t1E+3\ttrue\t日本", "0.00", more="\tItem Tax\tIs-Prime\tShelf"),
]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("deselected", [(), ("quantity", "_unparsed", "_extra", "_report_id")])
def test_unusual_documents_are_the_same_in_files_and_in_records(
    written, tmp_path, form, deselected
) -> None:
    config = batch_config(tmp_path, form, "none", size=2)
    records = written(ORDERS, ODD_DOCUMENTS, deselected=deselected)
    lines = written(ORDERS, ODD_DOCUMENTS, deselected=deselected, batch_config=config)

    expected = [plain(each["record"]) for each in messages_of(records, "RECORD")]
    files = rows_of_batches(lines)
    assert [plain(row) for rows in files for row in rows] == expected
    assert max(map(len, files)) == 2
    assert messages_of(lines, "SCHEMA") == messages_of(records, "SCHEMA")
    assert messages_of(lines, "STATE")[-1] == messages_of(records, "STATE")[-1]


def test_a_document_without_rows_has_a_state_and_no_batch(written, tmp_path) -> None:
    config = batch_config(tmp_path / "none", "jsonl", "gzip")
    lines = written(ORDERS, [orders(), orders("1", "2\t3")], batch_config=config)

    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds == ["SCHEMA", "STATE", "BATCH", "STATE"]
    assert [path.name for path in (tmp_path / "none").iterdir()] == [
        f"a-A1EXAMPLE-{STREAM}-1-00001.jsonl.gz"
    ]


def test_a_replay_in_fewer_files_removes_the_others(written, tmp_path) -> None:
    document = orders(*["1", "2\t3"] * 7)
    written(ORDERS, [document], batch_config=batch_config(tmp_path, "jsonl", "none", size=2))
    assert len(list(tmp_path.iterdir())) == 4

    config = batch_config(tmp_path, "jsonl", "none", size=5)
    lines = written(ORDERS, [document], batch_config=config)

    (batch,) = messages_of(lines, "BATCH")
    assert {path_of(each) for each in batch["manifest"]} == set(tmp_path.iterdir())
    assert [len(rows) for rows in rows_of_batches(lines)] == [5, 2]


def test_a_file_that_cannot_be_finished_does_not_appear(tmp_path) -> None:
    def blocks() -> Iterator[RecordBatch]:
        yield RecordBatch(("n",), ([1, 2],))
        raise RowsLost("2 lines in, but 1 rows out")

    storage = BatchStorage(StorageTarget(str(tmp_path / "files")))
    form = make_format("jsonl", lambda _name: {"type": ["integer"]}, None)

    with pytest.raises(RowsLost):
        write_batch_files(blocks(), storage, "x", form, 100)
    assert not list((tmp_path / "files").iterdir())


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_taps_of_one_process_write_at_the_same_time(tmp_path, scheme) -> None:
    storages = [BatchStorage(StorageTarget(f"{scheme}{tmp_path}", prefix=name)) for name in "ab"]

    with storages[0].new_file("x") as first:
        with storages[1].new_file("x") as second:
            second.write(b"second")
        assert [path.name for path in tmp_path.glob("?x")] == ["bx"]
        first.write(b"first")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "ax": b"first",
        "bx": b"second",
    }


@pytest.mark.parametrize(
    ("root", "expected_text"),
    [
        ("nowhere://x", "Unsupported filesystem"),
        ("s3://bucket/x", "Install s3fs"),
        ("{file}/x", "Not a directory"),
    ],
)
def test_an_unusable_folder_is_refused_before_any_call(
    written, tmp_path, monkeypatch, root, expected_text
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    # Another test may have used S3: fsspec remembers its classes.
    registry = sys.modules["fsspec.registry"]
    monkeypatch.delitem(registry._registry, "s3", raising=False)  # noqa: SLF001
    (tmp_path / "file").touch()
    config = batch_config(tmp_path, "jsonl", "gzip")
    config["storage"]["root"] = root.format(file=tmp_path / "file")

    with pytest.raises(SettingsError, match=expected_text) as caught:
        written(ORDERS, [], batch_config=config)
    assert caught.value.where == "setting `batch_config.storage`"


def test_a_file_that_cannot_be_written_is_an_error(tmp_path) -> None:
    storage = BatchStorage(StorageTarget(str(tmp_path), prefix="file/"))
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="batch files cannot be written"), storage.new_file("x"):
        pass


def test_a_batch_size_of_zero_is_refused(written, tmp_path) -> None:
    config = batch_config(tmp_path, "jsonl", "gzip", size=0)
    with pytest.raises(SettingsError, match="cannot hold 0 rows"):
        written(ORDERS, [orders("1", "2\t3")], batch_config=config)
