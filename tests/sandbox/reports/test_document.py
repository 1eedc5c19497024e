from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zipfile import ZipFile

import pytest
from lxml import etree

from tap_mws_reports import report_types
from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.documents import media_type_of, open_table
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.documents.table import Table
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.reports import KNOWN, ReportQuery
from tap_mws_reports.sandbox.reports.workbooks import QUOTES, workbook
from tap_mws_reports.sandbox.sample_data import SellerData

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
START = NOW - timedelta(days=60)
STREAMS = [
    stream
    for each in report_types.all_known()
    if each.name in KNOWN - {QUOTES}
    for stream in each.streams
]
CASES = [("US",), ("DE",), ("JP",), ("DE", "GB", "FR")]


@cache
def trade(country: str) -> SellerData:
    return SellerData(1, find(country).marketplace_id)


def requested(*countries: str, start: datetime = START) -> ReportQuery:
    return ReportQuery(tuple(map(trade, countries)), start, NOW, NOW)


@pytest.fixture
def read(tmp_path):
    """Read a report as the tap does."""

    def open_report(stream: report_types.ReportType, wanted: ReportQuery) -> Table:
        document = reports.write(stream.name, wanted)
        path = tmp_path / "document"
        path.write_bytes(document.body)
        market = wanted.seller_data[0].marketplace
        marketplace_format = MarketplaceFormat(
            market.code_page, market.time_zone, market.date_order, market.decimal_mark
        )
        return open_table(
            path,
            report_type=stream,
            charset=document.charset,
            marketplace_format=marketplace_format,
        )

    return open_report


def test_workbook_is_the_same_each_time(tmp_path) -> None:
    wanted = requested("DE", "FR")
    body = reports.write(QUOTES, wanted).body
    path = tmp_path / "document"
    path.write_bytes(body)
    found = media_type_of(path)
    assert found is not None
    assert found.suffix == ".xlsx"
    assert workbook(wanted) == body
    with ZipFile(path) as archive:
        trees = {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}
    rows = trees["xl/worksheets/sheet1.xml"].findall(".//{*}row")
    assert len(rows) == 1 + sum(len(data.products) for data in wanted.seller_data)


def test_every_report_type_with_documents_has_an_entry() -> None:
    assert {each.name for each in report_types.all_known()} >= KNOWN


@pytest.mark.parametrize("countries", CASES, ids="+".join)
@pytest.mark.parametrize("report_type", STREAMS, ids=lambda each: each.stream)
def test_every_line_becomes_a_typed_row(read, report_type, countries) -> None:
    table = read(report_type, requested(*countries))
    rows = list(table.rows())
    assert [column.header for column in table.columns if not column.known] == []
    assert table.missing_identity == ()
    assert table.counts.lines == len(rows) > 0
    assert [row for row in rows if row["_unparsed"] or row["_extra"]] == []


@pytest.mark.parametrize("countries", CASES, ids="+".join)
@pytest.mark.parametrize(
    "report_type",
    [each for each in STREAMS if each.identity.kind != "document"],
    ids=lambda each: each.stream,
)
def test_every_row_is_distinguished_from_others(read, report_type, countries) -> None:
    identity = report_type.identity
    key = [*identity.columns, *(["_line"] if identity.kind == "group" else [])]
    rows = list(read(report_type, requested(*countries)).rows())
    assert all(row[column] is not None for row in rows for column in key)
    assert len({tuple(row[column] for column in key) for row in rows}) == len(rows)


@pytest.mark.parametrize("country", ["US", "DE", "JP"])
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_document_is_the_same_whenever_it_is_written(name, country) -> None:
    fresh = requested(country)._replace(seller_data=(SellerData(1, find(country).marketplace_id),))
    assert reports.write(name, requested(country)) == reports.write(name, fresh)


@pytest.mark.parametrize(
    "report_type",
    [each for each in STREAMS if each.kind == "range" and not each.list_path],
    ids=lambda each: each.stream,
)
def test_without_rows_there_is_the_header_alone(read, report_type) -> None:
    nothing = requested("US", start=NOW)
    assert not reports.has_rows(report_type.name, nothing)
    assert list(read(report_type, nothing).rows()) == []


@pytest.mark.parametrize(
    ("country", "charset", "word"),
    [
        ("US", "windows-1252", "Café Mug"),
        ("DE", "windows-1252", "Märkte"),
        ("FR", "windows-1252", "l’élastique"),
        ("JP", "windows-31j", "リネン表紙ノート①"),
    ],
)
def test_text_has_the_marketplaces_code_page(country, charset, word) -> None:
    document = reports.write("_GET_MERCHANT_LISTINGS_DATA_", requested(country))
    page = find(country).code_page
    assert document.charset == charset
    assert word.encode(page) in document.body
    assert word.encode("utf-8") not in document.body
