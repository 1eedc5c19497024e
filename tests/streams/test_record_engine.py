"""Large tab documents are written with Arrow where pyarrow is installed; nothing else changes."""

from __future__ import annotations

import io
import json
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.orders_document import REPORT_TYPE, write_document
from tap_mws_reports import report_types
from tap_mws_reports.documents import PYTHON, MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.arrow_parser import ARROW_AHEAD
from tap_mws_reports.errors import TargetGone
from tap_mws_reports.streams import record_engine
from tap_mws_reports.streams.arrow_encoder import ArrowRecordEncoder
from tests.streams.conftest import ARROW_SIZES, make_tap

FOLDER = Path(__file__).parents[1] / "documents" / "look_alikes"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
DOCUMENTS = [
    path
    for folder in (FOLDER, SAMPLES)
    for path in sorted(folder.rglob("*"))
    if path.suffix in {".txt", ".tsv"}
]
TYPES = (
    REPORT_TYPE,
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
    "_GET_SOMETHING_NEW_",
)
EXTRACTED = re.compile(rb',"time_extracted":"[^"]+"')
TAB, COMMA = "sku\tname\tunits\n1\tx\t2\n", "sku,name,units\n1,x,2\n"


def opened(path: Path, text: str, report_type: str = "_GET_SOMETHING_NEW_") -> Table:
    path.write_text(text, encoding="utf-8")
    return open_table(
        path,
        report_type=report_types.load(report_type),
        charset=None,
        marketplace_format=MarketplaceFormat(),
    )


@pytest.fixture
def without_pyarrow(monkeypatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    record_engine.arrow_engine.cache_clear()
    yield
    record_engine.arrow_engine.cache_clear()


@pytest.mark.parametrize(
    ("text", "smallest", "engine"),
    [
        (TAB, len(TAB), ARROW_AHEAD),
        (TAB, len(TAB) + 1, PYTHON),
        (COMMA, 0, PYTHON),
        ('"sku"\t"name"\n"1"\t"x"\n', 0, PYTHON),
        (TAB + "1\tx\t2\tmore\n", 0, ARROW_AHEAD),
        (TAB + "1\tx\n" * 100, 0, PYTHON),
        (TAB + "1\tx\ry\t2\n", 0, PYTHON),
        (TAB + "\tx\t2\n", 0, PYTHON),
        (TAB.replace("\n", "\r"), 0, PYTHON),
        (TAB.splitlines()[0] + "\n", 0, PYTHON),
    ],
    ids=[
        *("large", "small", "commas", "wrapped in quotes", "a longer line", "shorter lines"),
        *("returns in cells", "a line without its first cell", "returns as line ends", "no rows"),
    ],
)
def test_the_engine_is_chosen_by_the_document(tmp_path, monkeypatch, text, smallest, engine):
    monkeypatch.setattr(record_engine, "SMALLEST_FOR_ARROW", smallest)

    assert record_engine.record_engine(opened(tmp_path / "document.txt", text)) is engine


def test_python_fills_cells_from_the_rows_above(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(record_engine, "SMALLEST_FOR_ARROW", 0)
    table = opened(tmp_path / "document.txt", "settlement-id\tsku\n1\tx\n", TYPES[2])

    assert record_engine.record_engine(table) is PYTHON


@pytest.mark.usefixtures("without_pyarrow")
def test_python_reads_all_documents_without_pyarrow(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(record_engine, "SMALLEST_FOR_ARROW", 0)

    assert record_engine.record_engine(opened(tmp_path / "document.txt", TAB)) is PYTHON


@pytest.mark.rows("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_of_all_kinds_give_the_same_bytes(written, path: Path) -> None:
    for report_type in TYPES:
        python = written(report_type, [path.read_bytes()])
        arrow = written(report_type, [path.read_bytes()], arrow=True)
        assert [EXTRACTED.sub(b"", line) for line in python] == [
            EXTRACTED.sub(b"", line) for line in arrow
        ]


@pytest.fixture
def orders(tmp_path, monkeypatch) -> Path:
    """Return a document of several chunks, to be written with Arrow."""
    for name, size in {**ARROW_SIZES, "documents.flat_file.WHOLE_LINES_SIZE": 10_000}.items():
        monkeypatch.setattr(f"tap_mws_reports.{name}", size)
    path = tmp_path / "orders.txt"
    write_document(path, 300)
    return path


class Output(io.BytesIO):
    """Takes so many writes of lines, then fails as a pipe or a disk does."""

    def __init__(self, writes: int = 10**9, error: type[OSError] = BrokenPipeError) -> None:
        super().__init__()
        self.writes, self._error = writes, error

    def write(self, data: Any, /) -> int:
        self.writes -= 1
        if self.writes < 0:
            raise self._error(28, "No space left on device")
        return super().write(data)

    def fileno(self) -> int:
        return 2**30  # discarding it fails in a test: there is no such file


def synced(path: Path, output: Output, monkeypatch) -> list[dict[str, Any]]:
    tap = make_tap(REPORT_TYPE, [path], {})
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, write_through=True))
    monkeypatch.setattr("tap_mws_reports.streams.message_writer.discard_stdout", lambda: None)
    try:
        tap.streams[report_types.load(REPORT_TYPE).stream].sync()
    finally:
        sys.stdout.flush()
        sys.stdout.detach()  # type: ignore[union-attr]
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_rows_are_written_in_order_and_state_after_them(orders, monkeypatch) -> None:
    encoded = list[int]()
    parts = ArrowRecordEncoder.parts
    monkeypatch.setattr(
        ArrowRecordEncoder,
        "parts",
        lambda self, block, now: (encoded.append(len(block)), parts(self, block, now))[1],
    )

    messages = synced(orders, Output(), monkeypatch)

    rows = [each["record"]["_row_number"] for each in messages if each["type"] == "RECORD"]
    assert rows == list(range(1, 301))
    assert sum(encoded) == 300
    assert len(encoded) > 3
    assert messages[-1]["type"] == "STATE"


@pytest.mark.parametrize("error", [BrokenPipeError, OSError])
def test_an_output_that_fails_ends_the_threads_and_moves_no_state(
    orders, monkeypatch, error
) -> None:
    before = threading.active_count()
    output = Output(writes=20, error=error)

    with pytest.raises(TargetGone):
        synced(orders, output, monkeypatch)

    written = [json.loads(line) for line in output.getvalue().splitlines()]
    assert 0 < sum(each["type"] == "RECORD" for each in written) < 300
    assert "bookmarks" not in str(written[-1])
    assert threading.active_count() == before


def test_a_document_that_fails_within_is_read_again(orders, monkeypatch) -> None:
    before = threading.active_count()
    monkeypatch.setattr("tap_mws_reports.documents.dialect.LONGEST_LINE", 20_000)
    with orders.open("a", encoding="utf-8") as document:
        document.write("x" * 50_000)

    messages = synced(orders, Output(), monkeypatch)

    rows = [each["record"]["_row_number"] for each in messages if each["type"] == "RECORD"]
    assert rows == list(range(1, len(rows) + 1))
    assert 0 < len(rows) <= 300
    (partition,) = messages[-1]["value"]["bookmarks"][report_types.load(REPORT_TYPE).stream][
        "partitions"
    ]
    assert [each["reason"] for each in partition["failed_windows"]] == [
        "a line is longer than 20000 characters"
    ]
    assert threading.active_count() == before


def test_calls_go_on_between_the_parts_of_a_batch(orders, monkeypatch) -> None:
    went_on = list[int]()
    monkeypatch.setattr(
        "tap_mws_reports.streams.sync_context.SyncContext.go_on", lambda _self: went_on.append(1)
    )

    synced(orders, Output(), monkeypatch)

    assert len(went_on) >= 300 / ARROW_SIZES["streams.arrow_encoder._PART_ROWS"]
