from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import type_detection
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity

PARCELS = replace(
    report_types.load("_GET_SOMETHING_NEW_"),
    name="_GET_XML_PARCELS_",
    format="xml",
    root="Message/Parcel",
    identity=Identity("group", ("id",)),
    columns=tuple(
        ColumnSpec(path, Kind.TEXT, path.lower())
        for path in ("ID", "Item/SKU", "Item/Price@currency", "/Header/DocumentVersion")
    ),
)
LETTERS = replace(PARCELS, name="_GET_XML_LETTERS_", root="Message/Letter")
FLAT = replace(PARCELS, name="_GET_FLAT_PARCELS_", format="tab")
BARE = replace(PARCELS, name="_GET_XML_PARCELS_BARE_", identity=Identity("document"), columns=())
ENVELOPE = ["Header/DocumentVersion", "Header/MerchantIdentifier", "MessageType"]
CASES = [
    # paths of a document, the types that it can be of
    ([*ENVELOPE, "Message/Parcel/ID", "Message/Parcel/Item/SKU"], [PARCELS]),
    (["Message/Parcel/ID", "Message/Parcel/Colour"], [PARCELS]),
    (["Message/Letter/ID"], [LETTERS]),
    (["Message/Parcel/Item/SKU"], []),  # without what tells parcels apart
    (["Message/Parcel/ID", *(f"Message/Parcel/{name}" for name in "abc")], []),
    (["Message/Order/ID", "Message/Order/Item/SKU"], []),
    (ENVELOPE, []),
    ([], []),
]


@pytest.mark.parametrize(("paths", "types"), CASES)
def test_a_type_is_recognised_by_the_paths_inside_its_root(monkeypatch, paths, types) -> None:
    monkeypatch.setattr(type_detection, "all_known", lambda: (FLAT, BARE, PARCELS, LETTERS))

    assert type_detection.detect_xml_type(paths) == types


def test_types_that_are_made_alike_are_all_returned(monkeypatch) -> None:
    other_job = replace(PARCELS, name="_GET_XML_PARCELS_BY_DATE_")
    monkeypatch.setattr(type_detection, "all_known", lambda: (PARCELS, other_job))

    assert type_detection.detect_xml_type(["Message/Parcel/ID"]) == [PARCELS, other_job]


def test_without_xml_types_none_is_recognised(monkeypatch) -> None:
    monkeypatch.setattr(type_detection, "all_known", lambda: (FLAT,))

    assert type_detection.detect_xml_type(["Message/Parcel/ID"]) == []
