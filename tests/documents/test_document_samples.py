"""Amazon's own documents, where the shared samples lie beside the project."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from lxml import etree

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.errors import ErrorDocument

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
INDEX = SAMPLES / "reports" / "INDEX.md"
ENTRY = re.compile(r"\| (\S+) \(\d+ B\) \| (_?GET_\w+)")
FORMATS = {
    "us": MarketplaceFormat(time_zone="America/Los_Angeles", date_order="MDY"),
    "uk": MarketplaceFormat(time_zone="Europe/London", date_order="DMY"),
    "jp": MarketplaceFormat(code_page="cp932", time_zone="Asia/Tokyo"),
    "de": MarketplaceFormat(time_zone="Europe/Paris", date_order="DMY", decimal_mark=","),
    "fr": MarketplaceFormat(time_zone="Europe/Paris", date_order="DMY", decimal_mark=","),
}
# A cell of this document was moved when it was anonymised, and its neighbours with it.
DAMAGED = {"listings_active_na_47cols_v1.tsv"}
# The documentation's example, with blanks in place of tabs.
NO_TABLES = {"orders_scheduled_docs_whitespace.xml": ErrorDocument}
# Price components and promotions of all items.
XML_ROWS = {
    "orders_xml_all_orders_us_2017.xml": 22,
    "orders_xml_orderreport_docs_2008.xml": 6,
}

NAMED = 3  # unknown columns of each document, in the table


def samples() -> list[tuple[Path, str]]:
    if not INDEX.exists():
        return []
    listed = map(ENTRY.match, INDEX.read_text("utf-8").splitlines())
    documents = [(INDEX.parent / found[1], found[2]) for found in listed if found]
    recorded = sorted((SAMPLES / "mws" / "scaleleap_recordings").glob("*.tsv"))
    return documents + [(path, "_GET_SOMETHING_NEW_") for path in recorded]


def is_table(path: Path) -> bool:
    return path.name not in NO_TABLES and not is_xml(path)


def is_xml(path: Path) -> bool:
    return path.read_bytes().lstrip().startswith(b"<?xml")


def format_of(path: Path) -> MarketplaceFormat:
    country = next((code for code in FORMATS if f"_{code}_" in path.name), "us")
    return FORMATS[country]


def records_of(text: str) -> list[list[str]]:
    """Read a document in the plainest way there is, as a second opinion."""
    first = text.split("\n", 1)[0]
    if "\t" not in first:
        return list(csv.reader(io.StringIO(text, newline="")))
    return [line.rstrip("\r").split("\t") for line in text.split("\n")]


@pytest.mark.parametrize(
    ("path", "name"), [each for each in samples() if is_table(each[0])], ids=str
)
def test_sample_is_read_without_loss(path: Path, name: str) -> None:
    report_type = report_types.load(name)
    table = open_table(
        path, report_type=report_type, charset=None, marketplace_format=format_of(path)
    )
    as_text = open_table(
        path,
        report_type=report_types.load("_GET_SOMETHING_NEW_"),
        charset=None,
        marketplace_format=format_of(path),
    )
    rows, texts = list(table.rows()), list(as_text.rows())
    records = records_of(path.read_bytes().decode(table.decoding.encoding))
    header, *data = [cells for cells in records if any(map(str.strip, cells))]
    counts = table.counts

    assert counts.lines == counts.rows + counts.rejected + counts.blank
    assert len(rows) == len(texts) == len(data)
    assert [column.header for column in table.columns] == [cell.strip() for cell in header]
    for text, cells in zip(texts, data, strict=True):
        values = [text[column.name] for column in as_text.columns]
        padded = cells + [""] * (len(values) - len(cells))
        assert values == [cell if cell.strip() else None for cell in padded]


@pytest.mark.parametrize(
    ("path", "name"), [each for each in samples() if is_table(each[0])], ids=str
)
def test_every_cell_of_a_sample_fits(path: Path, name: str, found: list[tuple[str, ...]]) -> None:
    report_type = report_types.load(name)
    table = open_table(
        path, report_type=report_type, charset=None, marketplace_format=format_of(path)
    )
    unparsed = [row["_unparsed"] for row in table.rows()]
    misfits = sum(len(json.loads(str(cells))) for cells in unparsed if cells)
    new = [column.name for column in table.columns if not column.known]
    decoding = f"{table.decoding.encoding} ({table.decoding.rule})"
    named = f"{len(new)} {', '.join(new[:NAMED])}{' ...' * (len(new) > NAMED)}".rstrip()
    found.append((path.name, str(len(unparsed)), decoding, str(misfits), named))

    assert bool(misfits) == (path.name in DAMAGED)


@pytest.mark.parametrize(
    ("path", "name"), [each for each in samples() if is_table(each[0])], ids=str
)
def test_identity_distinguishes_the_rows_of_a_sample(path: Path, name: str) -> None:
    report_type = report_types.load(name)
    table = open_table(
        path, report_type=report_type, charset=None, marketplace_format=format_of(path)
    )
    if report_type.identity.kind == "document" or table.missing_identity:
        names = ["_row_number"]
    else:
        names = [*report_type.identity.columns]
        names += ["_line"] if report_type.identity.kind == "group" else []

    keys = [tuple(row[name] for name in names) for row in table.rows()]

    assert len(set(keys)) == len(keys)
    assert all(None not in key for key in keys)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("path", "name"), [each for each in samples() if is_xml(each[0])], ids=str)
def test_every_value_of_an_xml_sample_is_in_a_row(path: Path, name: str, known: bool) -> None:
    report_type = report_types.load(name if known else "_GET_SOMETHING_NEW_")
    table = open_table(
        path, report_type=report_type, charset=None, marketplace_format=format_of(path)
    )
    records = [record for lines in table.reader.lines() for record in lines.records]
    found = {cell for record in records for cell in record}

    # A plain parse of the whole document, as a second opinion.
    elements = list(etree.fromstring(path.read_bytes()).iter("*"))
    texts = {each.text for each in elements if each.text and not each.text.isspace()}
    currencies = {each.get("currency") for each in elements}

    assert found - {""} == (texts | currencies) - {None}
    assert len(list(table.rows())) == len(records) == table.counts.lines
    assert known or len(records) == XML_ROWS[path.name]


@pytest.mark.parametrize("name", NO_TABLES)
@pytest.mark.skipif(not INDEX.exists(), reason="the shared samples are not here")
def test_sample_that_is_not_a_table_is_refused(name: str) -> None:
    report_type = report_types.load("_GET_FLAT_FILE_ORDERS_DATA_")
    path = INDEX.parent / name
    with pytest.raises(NO_TABLES[name]):
        open_table(path, report_type=report_type, charset=None, marketplace_format=format_of(path))
