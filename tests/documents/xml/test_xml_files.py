"""Every XML document in `files` is read as the JSON file beside it says."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity, ReportType

FILES = Path(__file__).parent / "files"
DOCUMENTS = sorted(FILES.glob("*.xml"))
UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")


def type_of(about: dict[str, Any]) -> ReportType:
    columns = about.get("columns", {})
    return replace(
        UNKNOWN,
        root=about.get("root", ""),
        row_elements=tuple(about.get("row_elements", ())),
        identity=Identity("group", tuple(about["group"])) if "group" in about else UNKNOWN.identity,
        columns=tuple(ColumnSpec(h, Kind(kind), column_name(h)) for h, kind in columns.items()),
    )


def expectation(document: Path) -> dict[str, Any]:
    text = document.with_suffix(".json").read_text("utf-8")
    expected: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return expected


def table_of(document: Path, about: dict[str, Any]) -> Table:
    return open_table(
        document,
        report_type=type_of(about["type"]),
        charset=None,
        marketplace_format=MarketplaceFormat(),
    )


def read(document: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Say of a document what its JSON file says; cells without a value are left out."""
    table = table_of(document, about)
    rows = [{k: v for k, v in row.items() if v is not None} for row in table.rows()]
    return {
        "decoding": dataclasses.asdict(table.decoding),
        "columns": {c.name: [c.header, c.kind.value, c.known] for c in table.columns},
        "lines": table.counts.lines,
        "rows": rows,
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_document_is_read_as_expected(document: Path) -> None:
    expected = expectation(document)

    found = read(document, expected)

    assert found == {key: expected[key] for key in found}
    assert found["lines"] == len(found["rows"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_rows_can_be_read_again(document: Path) -> None:
    table = table_of(document, expectation(document))

    assert list(table.rows()) == list(table.rows())


def test_every_expectation_has_its_document() -> None:
    assert {path.stem for path in FILES.glob("*.json")} == {path.stem for path in DOCUMENTS}
