from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import recognition
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.recognition import recognise, recognise_xml
from tap_mws_reports.report_types.report_type import ColumnSpec

TWINS = {
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
}


@pytest.mark.parametrize("known", report_types.all_known(), ids=lambda each: each.stream)
def test_a_type_is_recognised_by_its_own_columns(known) -> None:
    found = [each.name for each in recognise(spec.header for spec in known.columns)]
    assert known.name in found
    assert set(found) <= {known.name, *TWINS}


def test_spelling_and_a_new_column_do_not_matter() -> None:
    header = ["SELLER_SKU", "Fulfilment channel SKU", "asin", "Condition Type"]
    header += ["warehouse-condition-code", "quantity available", "Shelf Life"]
    assert [each.stream for each in recognise(header)] == ["afn_inventory_data"]


@pytest.mark.parametrize("header", [[], ["a", "b"], ["sku", "colour", "weather", "mood"]])
def test_a_stranger_is_not_recognised(header) -> None:
    assert recognise(header) == []


PARCELS = replace(
    report_types.load("_GET_SOMETHING_NEW_"),
    name="_GET_XML_PARCELS_",
    format="xml",
    root="Message/Parcel",
    columns=tuple(
        ColumnSpec(path, Kind.TEXT, path.lower())
        for path in ("ID", "Item/SKU", "Item/Price@currency", "/Header/DocumentVersion")
    ),
)
ENVELOPE = ["Header/DocumentVersion", "Header/MerchantIdentifier", "MessageType"]
PATHS = [
    # paths of a document, whether they are those of parcels
    ([*ENVELOPE, "Message/Parcel/ID", "Message/Parcel/Item/SKU"], True),
    (["Message/Parcel/Item/Price@currency"], True),
    (["Message/Order/ID", "Message/Order/Item/SKU"], False),
    (["Message/Parcel/ID", "Message/Parcel/Colour"], False),
    (ENVELOPE, False),
    ([], False),
]


@pytest.mark.parametrize(("paths", "known"), PATHS)
def test_xml_is_recognised_by_the_paths_inside_its_root(monkeypatch, paths, known) -> None:
    monkeypatch.setattr(recognition, "all_known", lambda: (*report_types.all_known(), PARCELS))

    assert recognise_xml(paths) == [PARCELS] * known
    assert recognise(paths) == []
