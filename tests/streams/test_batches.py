"""BATCH: files of selected columns, one message for each document, STATE after it."""

from __future__ import annotations

import gzip
import json
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlparse

import pyarrow.parquet
import pytest

from tap_mws_reports.documents import Block
from tap_mws_reports.errors import SettingsError, UnreadableDocument
from tap_mws_reports.streams.batch_files import _cut
from tap_mws_reports.streams.batch_formats import make_format

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"


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


def plain(record: dict) -> dict:
    """Return a record as JSON and parquet agree on it."""
    return {
        name: Decimal(str(value)) if isinstance(value, (float, Decimal)) else value
        for name, value in record.items()
    }


@pytest.mark.parametrize(
    ("form", "compression", "suffix"),
    [
        ("jsonl", "gzip", ".jsonl.gz"),
        ("jsonl", "none", ".jsonl"),
        ("parquet", "gzip", ".parquet"),
        ("parquet", "none", ".parquet"),
    ],
)
def test_files_hold_what_records_would(make_bench, tmp_path, form, compression, suffix) -> None:
    config = batch_config(tmp_path, form, compression, size=50)
    expected = make_bench().run(ORDERS).records(STREAM)
    output = make_bench().run(ORDERS, batch_config=config)

    files = [address for batch in batches(output) for address in batch["manifest"]]
    rows = [row for address in files for row in read(address)]

    assert list(map(plain, rows)) == list(map(plain, expected))
    assert all(address.endswith(suffix) for address in files)
    assert all(len(read(address)) <= 50 for address in files)
    assert not output.records(STREAM)


def test_state_with_a_document_follows_its_batch(bench, tmp_path) -> None:
    output = bench.run(ORDERS, batch_config=batch_config(tmp_path, "jsonl", "gzip"))

    after = [
        following for message, following in pairwise(output.messages) if message["type"] == "BATCH"
    ]
    assert len(after) > 1
    assert {each["type"] for each in after} == {"STATE"}
    states = [json.dumps(each["value"]["bookmarks"][STREAM]) for each in after]
    assert len(set(states)) == len(states)


def test_a_replay_writes_the_same_files_again(make_bench, tmp_path) -> None:
    config = batch_config(tmp_path, "jsonl", "gzip")
    first = batches(make_bench().run(ORDERS, batch_config=config))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    second = batches(make_bench().run(ORDERS, batch_config=config))

    assert first == second
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert all(path.name.startswith("a-A1SANDBOXNA-flat_file") for path in before)


def test_columns_that_are_not_selected_are_in_no_file(make_bench, tmp_path) -> None:
    for form in ("jsonl", "parquet"):
        bench = make_bench()
        catalog = bench.tap(ORDERS).catalog_dict
        for entry in catalog["streams"]:
            for each in entry["metadata"]:
                if each["breadcrumb"][-1:] in (["ship_city"], ["buyer_email"]):
                    each["metadata"]["selected"] = False
        config = batch_config(tmp_path / form, form, "none")
        output = bench.sync(bench.tap(ORDERS, catalog=catalog, batch_config=config))

        rows = [
            row for batch in batches(output) for file in batch["manifest"] for row in read(file)
        ]
        assert rows
        assert not any("ship_city" in row for row in rows)


def test_lifecycle_streams_write_records(bench, tmp_path) -> None:
    output = bench.run(ORDERS, batch_config=batch_config(tmp_path, "jsonl", "gzip"))

    assert output.records("report_requests")
    assert {batch["stream"] for batch in batches(output)} == {STREAM}


def test_files_are_cut_where_they_are_full() -> None:
    blocks = [Block(("n",), (list(range(start, start + 4)),)) for start in (0, 4, 8)]

    cut = [(number, list(block.columns[0])) for number, block in _cut(iter(blocks), 5)]

    assert cut == [(1, [0, 1, 2, 3]), (1, [4]), (2, [5, 6, 7]), (2, [8, 9]), (3, [10, 11])]


@pytest.mark.parametrize("digits", ["1E-18", "-99999999999999999999.999999999999999999", "1E+5"])
def test_parquet_keeps_every_digit_it_has_room_for(tmp_path, digits: str) -> None:
    form = make_format("parquet", lambda _name: {"type": ["number", "null"]}, None)
    with (tmp_path / "x").open("wb") as file:
        form.write(iter([Block(("price",), ([form.exact(digits), None],))]), file)

    kept = pyarrow.parquet.read_table(tmp_path / "x").column("price").to_pylist()
    assert kept == [Decimal(digits), None]


@pytest.mark.parametrize("digits", ["1E-19", "0.1234567890123456789", "1E+20"])
def test_numbers_that_parquet_has_no_room_for_are_kept_as_text(bench, delivers, digits) -> None:
    delivers(f"{LISTING_HEADER}\n", f"SKU\tB01\t{digits}\t1\n")
    folder = Path(bench.folder)
    output = bench.run(LISTINGS, batch_config=batch_config(folder, "parquet", "none"))
    ((row,),) = [read(file) for batch in batches(output) for file in batch["manifest"]]
    assert row["price"] is None


def test_integers_that_parquet_has_no_room_for_are_refused(tmp_path) -> None:
    form = make_format("parquet", lambda _name: {"type": ["integer", "null"]}, None)
    block = Block(("quantity",), ([1 << 63],))

    with (
        (tmp_path / "x").open("wb") as file,
        pytest.raises(UnreadableDocument, match="does not fit into parquet"),
    ):
        form.write(iter([block]), file)


def test_a_format_that_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError, match="no batch files of the format `avro`") as caught:
        make_format("avro", lambda _name: None, None)
    assert "jsonl, parquet" in caught.value.hint


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingsError, match="pyarrow, which is not installed"):
        make_format("parquet", lambda _name: None, None)
