"""Batches made with Arrow have the rows and values of those made with Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.orders_document import REPORT_TYPE, write_document
from tap_mws_reports import report_types
from tap_mws_reports.documents import PYTHON, Engine, MarketplaceFormat, Timestamps, open_table
from tap_mws_reports.documents.arrow_parser import ARROW
from tap_mws_reports.errors import TapError
from tap_mws_reports.streams.arrow import fitting_digits

LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
HEADER = (
    *("amazon-order-id", "purchase-date", "order-status", "quantity", "item-price"),
    "is-business-order",
)
FEED, RETURN = b"\n", b"\r"
CASES = {
    "plain": "1\t2020-01-05T10:00:00+00:00\tShipped\t1\t1.50\ttrue",
    "of the year's ends": "1\t2020-12-31T23:59:59Z\tShipped\t1\t1.50\ttrue",
    "a leap day": "1\t2020-02-29T10:00:00Z\tShipped\t1\t1.50\ttrue",
    "no such day": "1\t2021-02-29T10:00:00Z\tShipped\t1\t1.50\ttrue",
    "another offset": "1\t2020-01-05T10:00:00-07:00\tShipped\t1\t1.50\ttrue",
    "unparsed": "1\tyesterday\tShipped\tone\t1,50,0\tmaybe",
    "no values": "1\t\t \t--\tN/A\t",
    "other spellings": "1\t5 Jan 2020 10:00:00 PST\t\u00a0\t3.0\tUSD 1,234.50\tJA",
    "too many digits": "1\t\t\t99999999999999999999\t123456789012345678901234.5\t",
    "too short": "1\t2020-01-05T10:00:00+00:00",
    "too long": "1\t\tShipped\t1\t1.50\ttrue\tone\t\ttwo",
    "blank cells too long": "1\t\tShipped\t1\t1.50\ttrue\t\t ",
    "a blank line": "",
    "only tabs": "\t\t\t\t\t",
    "the header again": "\t".join(HEADER),
    "the header in another spelling": "\t".join(HEADER).upper(),
    "a group that goes on": "\t2020-01-05T10:00:00Z\tShipped\t1\t1.50\ttrue",
    "quotes": '1\t\t"Ship"ped"\t1\t"1.50"\ttrue',
    "a return in a cell": "1\t\tShip\rped\t1\t1.50\ttrue",
    "other line ends": "1\t\tShip\u2028p\x85e\x0bd\t1\t1.50\ttrue",
    "a zero byte": "1\t\tShip\0ped\t1\t1.50\ttrue",
    "nulls of others": "1\t\tNULL\t\\N\tnan\tnull",
    "beyond ASCII": "1\t\tKöln \U0001f600\t\uff11\t1\u202f234,5\tdoğru",
}


COMMA_FILES = {
    "settings above the header": 'Week=["12"],Year=["2026"]\nsku,name,units\nA,socks,1\nB,hats,2\n',
    "stray quotes": 'sku,name,units\n"A","Lamp 12"","3"\n"B","B1,"2","3"\n"C","hats","2"\n',
    "a padded explanation": "Explained,,\nAll amounts in EUR,,\nsku,name,units\nA,socks,1\n",
}


def read(
    path: Path, engine: Engine, report_type: str = REPORT_TYPE, timestamps: Timestamps = "utc"
) -> Any:
    """Return the columns, the refused lines and the counts; or the error."""
    refused: list[Any] = []
    columns: dict[str, list[object]] = {}
    try:
        table = open_table(
            path,
            report_type=report_types.load(report_type),
            charset=None,
            marketplace_format=MarketplaceFormat(),
            timestamps=timestamps,
        )
        blocks = table.blocks(
            exact=fitting_digits, reject=lambda *line: refused.append(line), engine=engine
        )
        for block in blocks:
            for name, values in zip(block.names, block.columns, strict=True):
                columns.setdefault(name, []).extend(
                    values.to_pylist() if hasattr(values, "to_pylist") else values
                )
    except TapError as error:
        return type(error), str(error), refused
    return columns, refused, str(table.counts)


@pytest.fixture
def document(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(body: bytes) -> Path:
        (tmp_path / "document.txt").write_bytes(body)
        return tmp_path / "document.txt"

    return write


@pytest.mark.parametrize("end", [FEED, RETURN + FEED, RETURN], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("timestamps", ["utc", "offset"])
@pytest.mark.parametrize("line", CASES.values(), ids=CASES.keys())
def test_same_rows(document, line, timestamps, end) -> None:
    lines = ["\t".join(HEADER), CASES["plain"], line, CASES["plain"]]
    path = document(end.join(each.encode() for each in lines) + end)

    expected = read(path, PYTHON, timestamps=timestamps)

    assert read(path, ARROW, timestamps=timestamps) == expected
    assert len(expected[0]["amazon_order_id"]) >= 2


@pytest.mark.parametrize("chunk_rows", [1, 700, 20_000])
def test_same_rows_in_chunks_of_any_size(tmp_path, monkeypatch, chunk_rows) -> None:
    for name in ("_FIRST_CHUNK_ROWS", "_CHUNK_ROWS"):
        monkeypatch.setattr(f"tap_mws_reports.documents.arrow_columns.{name}", chunk_rows)
    monkeypatch.setattr("tap_mws_reports.documents.flat_file.WHOLE_LINES_SIZE", 100_000)
    path = tmp_path / "orders.txt"
    write_document(path, 2_500)

    columns, _, counts = read(path, ARROW)

    assert (columns, [], counts) == read(path, PYTHON)
    assert len(columns["_row_number"]) == 2_500
    assert any(columns["_extra"])
    assert any(columns["_unparsed"])


CELLS = st.sampled_from(
    [*sorted({cell for line in CASES.values() for cell in line.split("\t")}), "", "", *HEADER]
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=12)


@pytest.mark.hypothesis
@given(
    header=st.lists(st.sampled_from(HEADER), min_size=1, max_size=6, unique=True),
    lines=LINES,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    report_type=st.sampled_from([REPORT_TYPE, LISTINGS, SETTLEMENTS]),
)
def test_same_rows_of_any_document(tmp_path_factory, header, lines, end, report_type) -> None:
    path = tmp_path_factory.mktemp("arrow") / "document.txt"
    text = end.join("\t".join(cells) for cells in (header, *lines))
    path.write_bytes(text.encode())

    assert read(path, ARROW, report_type) == read(path, PYTHON, report_type)


@pytest.mark.parametrize("case", COMMA_FILES)
def test_comma_files_give_the_same_rows(case: str, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(COMMA_FILES[case], encoding="utf-8")

    assert read(path, ARROW, "_GET_SOMETHING_NEW_") == read(path, PYTHON, "_GET_SOMETHING_NEW_")


def test_a_chunk_of_long_rows_has_fewer(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tap_mws_reports.documents.arrow_columns._CHUNK_SIZE", 30_000)
    monkeypatch.setattr("tap_mws_reports.documents.flat_file.WHOLE_LINES_SIZE", 10_000)
    path = tmp_path / "orders.txt"
    write_document(path, 600)
    table = open_table(
        path,
        report_type=report_types.load(REPORT_TYPE),
        charset=None,
        marketplace_format=MarketplaceFormat(),
    )

    sizes = [len(block) for block in table.blocks(engine=ARROW, exact=fitting_digits)]

    assert sum(sizes) == 600
    assert max(sizes) < 200


PLAIN = CASES["plain"]


@pytest.mark.parametrize(
    "lines",
    [
        ["\ufeff" + PLAIN, PLAIN],
        ["", PLAIN],
        [PLAIN, "", ""],
        # Arrow sees as many lines as there are: one more, and not the last one.
        [PLAIN.replace("Shipped", "Ship\rped"), ""],
        ["1\tx"] * 100,
        [PLAIN, *["1\tx", PLAIN] * 3],
        ["1\tx"],
        [""],
        [],
    ],
    ids=[
        *("a byte order mark", "a blank line first", "blank lines last", "a return in a cell"),
        *("short lines", "some short lines", "one short line", "a blank line", "no lines"),
    ],
)
def test_same_rows_where_arrow_sees_other_lines(document, lines) -> None:
    path = document("\n".join(["\t".join(HEADER), *lines]).encode() + FEED)

    assert read(path, ARROW) == read(path, PYTHON)
