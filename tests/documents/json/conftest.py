"""Documents of the tests, and report types made by hand to read them with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity

OpenDocument = Callable[..., Table]

COLUMNS = {
    "": {},
    "salesAndTrafficByDate": {
        "date": Kind.DATE,
        "salesByDate.orderedProductSales.amount": Kind.DECIMAL,
        "salesByDate.unitsOrdered": Kind.INTEGER,
        "salesByDate.refundRate": Kind.DECIMAL,
        "trafficByDate.sessions": Kind.INTEGER,
    },
    "salesAndTrafficByAsin": {
        "parentAsin": Kind.TEXT,
        "sku": Kind.TEXT,
        "salesByAsin.unitsOrdered": Kind.INTEGER,
    },
}


def a_type(list_path: str) -> ReportType:
    return ReportType(
        name="_GET_SOMETHING_NEW_",
        sp_api_name="GET_SOMETHING_NEW",
        stream="something_new",
        kind="range",
        title="A report made for tests",
        format="json",
        identity=Identity("document"),
        list_path=list_path,
        columns=tuple(
            ColumnSpec(header, kind, column_name(header))
            for header, kind in COLUMNS.get(list_path, {}).items()
        ),
    )


@pytest.fixture
def open_document(tmp_path: Path) -> OpenDocument:
    def write_and_open(
        document: bytes | str, list_path: str = "", charset: str | None = None
    ) -> Table:
        path = tmp_path / "report.json"
        path.write_bytes(document.encode() if isinstance(document, str) else document)
        return open_table(
            path,
            report_type=a_type(list_path),
            charset=charset,
            marketplace_format=MarketplaceFormat(),
        )

    return write_and_open
