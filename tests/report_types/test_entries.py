"""Every entry, read completely."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Decimals, Kind, ReportType, json_schema, kind_of

EVERY = report_types.all_known()
STREAMS = [part for entry in EVERY for part in entry.streams]
# The only type whose name is not written as all others are.
ODD_NAMES = {"FeedSummaryReport": "feed_summary_report"}
# In what one type's names in SP-API differ, beside what they add at the end.
RENAMED = {
    "GET_FLAT_FILE_ORDERS_DATA": "GET_FLAT_FILE_ORDER_REPORT_DATA",
    "GET_ORDERS_DATA": "GET_ORDER_REPORT_DATA",
    "GET_MFN_PAN_EU_OFFER_STATUS": "GET_MFN_PANEU_OFFER_STATUS",
}

every_entry = pytest.mark.rows("entry", EVERY, ids=lambda entry: entry.stream)
every_stream = pytest.mark.rows("stream", STREAMS, ids=lambda stream: stream.stream)


@every_entry
def test_stream_is_named_after_both_services_names(entry: ReportType) -> None:
    bare = entry.name.strip("_")

    if entry.download_only:
        assert (entry.name, entry.sp_api_name) == (entry.stream.upper(), None)
        return
    assert entry.stream == ODD_NAMES.get(entry.name, bare.removeprefix("GET_").lower())
    assert entry.name in {f"_{bare}_", *ODD_NAMES}
    for name in filter(None, (entry.sp_api_name, *entry.other_sp_api_names)):
        assert name.startswith((bare, RENAMED.get(bare, bare)))


@every_entry
def test_entry_is_found_by_every_spelling(entry: ReportType) -> None:
    for name in entry.names:
        found = report_types.load(name)
        assert found is entry or name in entry.other_sp_api_names
        assert found.stream == entry.stream
        assert name in {found.name, found.sp_api_name}


@every_entry
def test_entry_names_its_sources(entry: ReportType) -> None:
    assert all(source.startswith("https://") for source in entry.source)


@every_entry
def test_title_is_short(entry: ReportType) -> None:
    assert len(entry.title) <= 60
    assert not entry.title.endswith(".")


@every_entry
def test_marketplaces_are_countries_or_regions(entry: ReportType) -> None:
    assert all(re.fullmatch(r"[A-Z]{2}", place) for place in entry.marketplaces)
    assert "UK" not in entry.marketplaces


@every_entry
def test_a_successor_exists_and_is_not_withdrawn(entry: ReportType) -> None:
    for name in re.findall(r"\bGET_\w+", entry.successor):
        successor = report_types.load(name)
        assert successor in EVERY
        assert not successor.withdrawn
        assert not successor.unlisted


@pytest.mark.parametrize(
    "entry", [each for each in EVERY if each.successor_columns], ids=lambda entry: entry.stream
)
def test_a_successor_has_every_column(entry: ReportType) -> None:
    headers = {spec.header for spec in report_types.load(entry.successor).columns}
    moved = dict(entry.successor_columns)

    assert {each.column for each in moved.values()} <= headers
    assert {spec.header for spec in entry.columns} - headers <= moved.keys()


def test_settlements_are_succeeded_by_version_2() -> None:
    old = report_types.load("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE")

    assert (old.withdrawn, old.successor) == (
        "2026-11-11",
        "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2",
    )
    assert old.successor_columns


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("GET_SALES_AND_TRAFFIC_REPORT", 14),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL", 7),
        ("GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA", 7),
        ("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", 35),
        ("GET_VENDOR_SALES_REPORT", 3),
        ("GET_LEDGER_DETAIL_VIEW_DATA", 7),
        ("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", 0),
    ],
)
def test_a_lookback_has_a_reason(name: str, days: int) -> None:
    entry = report_types.load(name)

    assert entry.lookback_days_default == days
    assert bool(days) == bool(entry.lookback_because)


@every_stream
def test_column_names_fit_every_target(stream: ReportType) -> None:
    names = [spec.name for spec in stream.columns]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)


@every_stream
def test_identifiers_are_text(stream: ReportType) -> None:
    words = r"(^|_)(id|ids|sku|msku|fnsku|asin|upc|ean|isbn|code|number|phone|zip)$"
    not_text = [spec.name for spec in stream.columns if spec.kind is not Kind.TEXT]

    assert not [name for name in not_text if re.search(words, name)]


@every_stream
def test_keys_contain_no_amount(stream: ReportType) -> None:
    kinds = {spec.name: spec.kind for spec in stream.columns}

    assert not {kinds[name] for name in stream.identity.columns} & {Kind.DECIMAL, Kind.BOOLEAN}


@every_stream
def test_a_missing_or_partial_key_has_an_explanation(stream: ReportType) -> None:
    assert stream.identity.kind == "row" or stream.identity.because


@pytest.mark.parametrize(
    "name",
    ["_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_", "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"],
)
def test_settlements_fill_down_their_summary(name: str) -> None:
    assert report_types.load(name).filled_down == (
        *("settlement_start_date", "settlement_end_date", "deposit_date"),
        *("total_amount", "currency"),
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_nullable_schema_of_its_own(kind: Kind) -> None:
    schema = json_schema(kind)
    schema["type"] = "changed"

    assert "null" in str(json_schema(kind)["type"])


@pytest.mark.parametrize("decimals", get_args(Decimals))
@pytest.mark.parametrize("kind", Kind)
def test_the_kind_of_a_schema_is_the_one_it_was_made_for(kind: Kind, decimals: Decimals) -> None:
    schema = json_schema(kind, decimals)
    json_schema(kind, decimals)["type"].append("changed")  # type: ignore[attr-defined]

    assert kind_of(json_schema(kind, decimals)) is kind
    assert kind_of({**schema, "type": schema["type"][0]}) is kind  # type: ignore[index]


@pytest.mark.parametrize(
    "schema", [{}, {"anyOf": []}, {"type": "object"}, {"type": ["string", "number"]}, {"type": []}]
)
def test_a_schema_of_no_kind(schema: dict[str, object]) -> None:
    assert kind_of(schema) is None


def test_a_format_without_a_kind_is_text() -> None:
    assert kind_of({"type": "string", "format": "email"}) is Kind.TEXT
