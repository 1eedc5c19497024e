from __future__ import annotations

import itertools
import json
import logging
from decimal import Decimal

import pytest

from tap_mws_reports.sandbox.reports import Document, document
from tap_mws_reports.streams.message_writer import LineWriter

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
AFN = "_GET_AFN_INVENTORY_DATA_"
STREAM = "afn_inventory_data"
HEADER = (
    "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
    "\tQuantity Available"
)
ROW = "007\tX001\tB01\tNewItem\tSELLABLE\t12"


@pytest.fixture
def delivers(monkeypatch):
    """Make every report of the sandbox this text."""

    def deliver(*lines: str) -> None:
        body = "".join(f"{line}\n" for line in lines).encode()
        monkeypatch.setattr(document, "write", lambda *_: Document(body, "UTF-8"))
        monkeypatch.setattr(
            "tap_mws_reports.sandbox.reports.write", lambda *_: Document(body, "UTF-8")
        )

    return deliver


def test_every_row_has_its_origin(harness) -> None:
    row = harness.run(ORDERS).records("flat_file_all_orders_data_by_last_update")[0]
    assert row["_seller_id"] == "A1SANDBOXNA"
    assert row["_marketplace_ids"] == "ATVPDKIKX0DER"
    assert row["_report_type"] == ORDERS
    assert row["_report_id"].endswith("018425")
    assert row["_row_number"] == 1
    assert row["_data_start"] < row["_data_end"]


def test_a_window_is_not_finished_before_its_rows_are_written(harness, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LineWriter, "write_lines", interrupted)
    tap = harness.tap(ORDERS)
    with pytest.raises(KeyboardInterrupt):
        harness.sync(tap)
    bookmarks = tap.state["bookmarks"]["flat_file_all_orders_data_by_last_update"]
    (partition,) = bookmarks["partitions"]
    assert partition["open_requests"]
    assert not partition.get("done")


def test_a_new_column_is_declared_before_its_first_record(harness, delivers) -> None:
    delivers(f"{HEADER}\tShelf Life", f"{ROW}\t90 days")
    output = harness.run(AFN)
    schemas = output.schemas(STREAM)
    assert [("shelf_life" in each["schema"]["properties"]) for each in schemas] == [False, True]
    kinds = [each["type"] for each in output.messages if each.get("stream") == STREAM]
    assert kinds == ["SCHEMA", "SCHEMA", "RECORD"]
    assert output.records(STREAM)[0]["shelf_life"] == "90 days"


def test_a_column_seen_once_stays_in_the_schema_of_later_runs(harness, delivers) -> None:
    delivers(f"{HEADER}\tShelf Life\tBin", f"{ROW}\t90 days\tB7")
    first = harness.run(AFN)
    harness.clock.sleep(24 * 3600)
    delivers(HEADER, ROW)
    tap = harness.tap(AFN, state=first.state, catalog=harness.tap(AFN).catalog_dict)
    output = harness.sync(tap)

    (schema,) = output.schemas(STREAM)
    assert {"shelf_life", "bin"} <= schema["schema"]["properties"].keys()
    assert output.bookmark(STREAM)["columns"] == ["bin", "shelf_life"]
    ignoring = harness.sync(harness.tap(AFN, state=first.state, new_columns="ignore"))
    assert "bin" not in ignoring.schemas(STREAM)[0]["schema"]["properties"]


def test_rejected_lines_are_kept_in_a_file_that_the_log_names(
    harness, delivers, caplog, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    delivers("Inventory of the day", "", HEADER, ROW, HEADER, ROW.replace("007", "008"))
    output = harness.run(AFN)

    (file,) = tmp_path.glob("*-rejected-*.jsonl")
    kept = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(each["line"], each["reason"]) for each in kept] == [
        (1, "preamble"),
        (5, "header-repeat"),
    ]
    assert kept[1]["cells"] == HEADER.split("\t")
    assert f"2 lines of {harness.spelled(AFN)}" in caplog.text
    assert str(file) in caplog.text
    assert [each["seller_sku"] for each in output.records(STREAM)] == ["007", "008"]


def test_a_line_with_a_stray_quote_is_rejected_and_logged(harness, delivers, caplog) -> None:
    names, cells = HEADER.replace("\t", ","), ROW.replace("\t", '","')
    delivers(names, f'"{cells}"', f'"{cells.replace("007", "00" + chr(34) + "8")}"')
    output = harness.run(AFN)

    assert [each["seller_sku"] for each in output.records(STREAM)] == ["007"]
    assert f"Rejected 1 lines of {harness.spelled(AFN)}" in caplog.text
    assert "(malformed-quotes: 1)" in caplog.text


def test_the_decision_about_quotes_is_logged(harness, delivers, caplog) -> None:
    caplog.set_level(logging.INFO)
    row = ROW.replace("007", 'five"" wide')
    delivers(*('"' + line.replace("\t", '"\t"') + '"' for line in (HEADER, row)))
    output = harness.run(AFN)

    assert [each["seller_sku"] for each in output.records(STREAM)] == ['five" wide']
    assert "quotes inside cells are doubled throughout, and are read as one" in caplog.text


@pytest.mark.parametrize("policy", ["add", "ignore", "fail"])
def test_settings_above_the_header_are_a_column_of_the_tap(harness, delivers, policy) -> None:
    delivers('Week=["12"]', HEADER, ROW)
    output = harness.run(AFN, new_columns=policy)

    (record,) = output.records(STREAM)
    assert record["_preamble"] == '{"Week": ["12"]}'
    assert "_preamble" in output.schemas(STREAM)[-1]["schema"]["properties"]


def test_the_metric_of_a_document_says_how_it_was_decoded(harness, caplog) -> None:
    with caplog.at_level(logging.INFO, "singer_sdk.metrics"):
        harness.run(AFN)

    (metric,) = [each for each in caplog.messages if "document_count" in each]
    tags = json.loads(metric.removeprefix("METRIC: "))["tags"]
    assert tags == {"stream": STREAM, "charset": "cp1252", "charset_rule": "header"}


def test_a_new_column_is_ignored_on_demand(harness, delivers) -> None:
    delivers(f"{HEADER}\tShelf Life", f"{ROW}\t90 days")
    output = harness.run(AFN, new_columns="ignore")
    assert len(output.schemas(STREAM)) == 1
    assert "shelf_life" not in output.records(STREAM)[0]


def test_a_new_column_fails_the_document_on_demand(harness, delivers) -> None:
    delivers(f"{HEADER}\tShelf Life", f"{ROW}\t90 days")
    output = harness.run(AFN, new_columns="fail")
    assert not output.records(STREAM)
    assert "shelf_life" in output.failures[0]


def test_values_that_do_not_fit_are_kept(harness, delivers) -> None:
    delivers(HEADER, ROW.replace("12", "a dozen"), f"{ROW.replace('007', '008')}\tand more")
    first, second = harness.run(AFN).records(STREAM)
    assert first["quantity_available"] is None
    assert json.loads(first["_unparsed"]) == {"quantity_available": "a dozen"}
    assert json.loads(second["_extra"]) == ["and more"]


def test_a_column_kind_of_the_settings_counts(harness, delivers) -> None:
    delivers(HEADER, ROW.replace("007", "0071"))
    output = harness.run({"type": AFN, "columns": {"quantity_available": "decimal"}})
    schema = output.schemas(STREAM)[0]["schema"]["properties"]["quantity_available"]
    assert "number" in schema["type"]
    assert Decimal(str(output.records(STREAM)[0]["quantity_available"])) == 12


def test_deselected_columns_and_streams_are_not_written(harness) -> None:
    catalog = harness.tap(AFN, ORDERS).catalog_dict
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if entry["breadcrumb"] == [] and stream["tap_stream_id"] != STREAM:
                entry["metadata"]["selected"] = False
            if entry["breadcrumb"] == ["properties", "asin"]:
                entry["metadata"]["selected"] = False
    output = harness.run(AFN, ORDERS, catalog=catalog)
    assert {each["stream"] for each in output.messages if "stream" in each} == {STREAM}
    assert "asin" not in output.records(STREAM)[0]
    assert harness.amazon.calls.count("request") == 1


@pytest.mark.parametrize(("keep", "key"), [(False, False), (True, True)])
def test_snapshots_are_replaced_or_kept(harness, keep, key) -> None:
    output = harness.run(AFN, keep_snapshots=keep)
    assert ("_data_end" in output.schemas(STREAM)[0]["key_properties"]) is key


def test_state_follows_every_document(harness) -> None:
    output = harness.run({"type": ORDERS, "window_days": 7}, end_date="2020-06-08T00:00:00Z")
    kinds = [
        (each["type"], each.get("record", {}).get("_report_id"))
        for each in output.messages
        if each["type"] in {"RECORD", "STATE"} and each.get("stream", "flat")[:4] == "flat"
    ]
    for here, following in itertools.pairwise(kinds):
        assert following[0] == "STATE" or here[0] == "STATE" or here[1] == following[1]
