"""The tap from end to end, against the sandbox in the process."""

from __future__ import annotations

import errno
import tempfile
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import catalog
from tap_mws_reports.sandbox.reports import KNOWN

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SHIPMENTS = "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_"
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
STREAM = "flat_file_all_orders_data_by_last_update"
LIFECYCLE = ["report_requests", "reports", "report_schedules"]
SELLERS = {
    "US": {},
    "DE": {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["DE", "FR", "GB"]},
    "JP": {"seller_id": "A3SANDBOXFE", "marketplace_ids": ["JP"]},
}


@pytest.mark.api(slow="mws", reason="documents are read the same over both services")
@pytest.mark.parametrize("seller", SELLERS)
def test_every_report_type_becomes_rows_with_unique_keys(harness, seller, tmp_path) -> None:
    known = [report_types.load(name) for name in sorted(KNOWN)]
    names = [each.name for each in known]
    output = harness.run(*names, documents_directory=str(tmp_path), **SELLERS[seller])
    assert not output.failures
    assert harness.amazon.refused == []
    for stream in (stream.stream for each in known for stream in each.streams):
        rows = output.records(stream)
        assert rows, stream
        assert len(set(output.keys(stream))) == len(rows), stream
        assert all(row["_unparsed"] is None and row["_extra"] is None for row in rows), stream
        assert len(output.schemas(stream)) == 1, stream


def test_without_reports_there_are_the_three_lifecycle_streams(harness) -> None:
    output = harness.run()
    assert {each["stream"] for each in output.messages if each["type"] == "SCHEMA"} == set(
        LIFECYCLE
    )
    assert output.records("report_requests")
    assert output.records("reports")


@pytest.mark.api("mws", reason="by SP-API the sandbox has the types that are known, and no others")
def test_an_unknown_type_has_text_columns_from_its_header(harness, monkeypatch) -> None:
    monkeypatch.setattr(catalog, "_named", lambda _name: None)
    output = harness.run("_GET_FLAT_FILE_OPEN_LISTINGS_DATA_")
    rows = output.records("flat_file_open_listings_data")
    assert set(rows[0]) >= {"sku", "asin", "price", "quantity", "_report_id", "_row_number"}
    assert all(isinstance(row["price"], str) for row in rows)
    assert "price" in output.schemas("flat_file_open_listings_data")[-1]["schema"]["properties"]


def test_the_same_money_is_in_every_report(harness) -> None:
    output = harness.run(ORDERS, SHIPMENTS, SETTLEMENT, start_date="2020-05-20T00:00:00Z")
    ordered: Counter[str] = Counter()
    for row in output.records("flat_file_all_orders_data_by_last_update"):
        if row["order_status"] == "Shipped":
            ordered[row["amazon_order_id"]] += Decimal(str(row["item_price"]))
    settled: Counter[str] = Counter()
    for row in output.records("v2_settlement_report_data_flat_file_v2"):
        if (row["transaction_type"], row["amount_type"], row["amount_description"]) == (
            "Order",
            "ItemPrice",
            "Principal",
        ):
            settled[row["order_id"]] += Decimal(str(row["amount"]))
    shipped: Counter[str] = Counter()
    for row in output.records("amazon_fulfilled_shipments_data"):
        shipped[row["amazon_order_id"]] += Decimal(str(row["item_price"]))
    assert len(settled.keys() & ordered.keys()) > 20
    assert all(settled[each] == ordered[each] for each in settled.keys() & ordered.keys())
    assert shipped
    assert all(ordered[each] == shipped[each] for each in shipped)


def test_text_is_unchanged(harness) -> None:
    japan = harness.run(LISTINGS, **SELLERS["JP"]).records("merchant_listings_all_data")
    assert "竹製まな板 - 黒" in {row["item_name"] for row in japan}
    germany = harness.run(ORDERS, **SELLERS["DE"])
    names = {row["product_name"] for row in germany.records(STREAM)}
    assert "Große Kaffeetasse - Grün" in names
    assert "Poêle en fonte - Bleu" in names


def test_a_second_run_with_an_end_date_requests_and_adds_nothing(harness) -> None:
    first = harness.run(ORDERS, LISTINGS, end_date="2020-06-12T00:00:00Z")
    harness.amazon.calls.clear()
    second = harness.run(ORDERS, LISTINGS, end_date="2020-06-12T00:00:00Z", state=first.state)
    assert second.records(STREAM) == second.records("merchant_listings_all_data") == []
    assert "request" not in harness.amazon.calls


def by_key(output) -> dict:
    return dict(zip(output.keys(STREAM), output.records(STREAM), strict=True))


def test_a_later_run_continues_and_replaces_changed_rows(harness) -> None:
    first = harness.run(ORDERS, start_date="2020-06-01T00:00:00Z")
    harness.clock.sleep(timedelta(days=3).total_seconds())
    second = harness.run(ORDERS, start_date="2020-06-01T00:00:00Z", state=first.state)
    end = second.records(STREAM)[0]["_data_end"]
    merged = {**by_key(first), **by_key(second)}
    assert by_key(first).keys() & by_key(second).keys()
    assert len(merged) > len(by_key(first))
    whole = by_key(harness.run(ORDERS, start_date="2020-06-01T00:00:00Z"))
    settled = {key: row for key, row in whole.items() if row["last_updated_date"] < end}
    assert settled
    assert all(merged[key]["order_status"] == row["order_status"] for key, row in settled.items())


def test_a_run_without_state_adopts_existing_reports(harness) -> None:
    settings = {"end_date": "2020-06-12T00:00:00Z"}
    first = harness.run(ORDERS, **settings)
    harness.amazon.calls.clear()
    second = harness.run(ORDERS, **settings)
    assert "request" not in harness.amazon.calls
    assert sorted(second.keys(STREAM)) == sorted(first.keys(STREAM))


def test_an_unfinished_request_is_read_again_until_it_is_final(harness) -> None:
    seen = harness.run(ORDERS)
    statuses = Counter(row["processing_status"] for row in seen.records("report_requests"))
    later = harness.run(ORDERS, state=seen.state, end_date="2020-06-12T00:00:00Z")
    final = {
        row["report_request_id"]: row["processing_status"]
        for output in (seen, later)
        for row in output.records("report_requests")
    }
    assert statuses
    assert set(final.values()) <= {"DONE", "DONE_NO_DATA"}


def test_the_final_state_has_only_bookmarks_without_open_requests(harness) -> None:
    state = harness.run(ORDERS, LISTINGS).state
    assert set(state) == {"bookmarks"}
    assert "progress_markers" not in str(state)
    assert "sandbox-secret" not in str(state)
    partition = state["bookmarks"][STREAM]["partitions"][0]
    assert not partition.get("open_requests")
    assert not partition.get("failed_windows")


OTHER = {"context": {"seller_id": "A1SANDBOXNA", "marketplace_ids": "ATVPDKIKX0DER"}}


def test_no_fraction_of_an_older_state_is_written_again(harness) -> None:
    first = harness.run(ORDERS).state
    partition = first["bookmarks"][STREAM]["partitions"][0]
    partition["latencies"] = [float(each) + 0.5 for each in partition["latencies"]]
    first["bookmarks"]["of_a_report_no_longer_read"] = {
        "partitions": [{**OTHER, "latencies": [1.0]}]
    }
    second = harness.run(ORDERS, state=first).state  # the harness refuses fractions
    assert second["bookmarks"]["of_a_report_no_longer_read"]["partitions"] == [
        {**OTHER, "latencies": [1]}
    ]


def test_listings_are_requested_for_each_marketplace(harness) -> None:
    rows = harness.run(LISTINGS, **SELLERS["DE"]).records("merchant_listings_all_data")
    assert len({row["_marketplace_ids"] for row in rows}) == 3
    assert {"Einkaufstasche für Märkte - Schwarz", "Sac en toile écru - Noir"} <= {
        row["item_name"] for row in rows
    }


def test_listings_of_another_marketplace_are_not_adopted(harness) -> None:
    germany = {**SELLERS["DE"], "marketplace_ids": ["DE"]}
    france = {**SELLERS["DE"], "marketplace_ids": ["FR"]}
    stream = "merchant_listings_all_data"
    german = {row["item_name"] for row in harness.run(LISTINGS, **germany).records(stream)}
    french = {row["item_name"] for row in harness.run(LISTINGS, **france).records(stream)}
    assert french
    assert not german & french


def test_a_withdrawn_type_gives_one_warning(harness, caplog) -> None:
    old = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_"
    harness.run(old, "_GET_MERCHANT_LISTINGS_ALL_DATA_")
    told = [each.getMessage() for each in caplog.records if "withdraw" in each.getMessage()]
    assert told == [
        f"{harness.spelled(old)}: Amazon will withdraw it on 2026-11-11; "
        "use GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
    ]


def test_a_failed_final_state_leaves_no_files_and_logs_the_summary(
    harness, monkeypatch, tmp_path, caplog
) -> None:
    def full(_state: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tap = harness.tap(LISTINGS)
    sync_streams = tap.sync_streams

    def sync_until_the_disk_is_full() -> None:
        sync_streams()
        assert list(tmp_path.iterdir())
        monkeypatch.setattr(tap.state_writer, "write_state", full)

    monkeypatch.setattr(tap, "sync_streams", sync_until_the_disk_is_full)
    with caplog.at_level("INFO"), pytest.raises(OSError, match="No space left"):
        harness.sync(tap)
    assert list(tmp_path.iterdir()) == []
    assert any(each.startswith("Summary of merchant_listings_all_data") for each in caplog.messages)
