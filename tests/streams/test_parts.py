"""A report with two lists inside: two streams, one report request, one document."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from decimal import Decimal

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Kind, ReportType, WindowAlignment
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Response
from tap_mws_reports.sandbox.reports import Document

pytestmark = pytest.mark.api(slow="mws", reason="documents are divided the same over both services")

NAME = "_GET_SALES_AND_TRAFFIC_REPORT_"
BY_DATE, BY_ASIN = "sales_and_traffic_report_by_date", "sales_and_traffic_report_by_asin"
STREAMS = (BY_DATE, BY_ASIN)
AFN = "_GET_AFN_INVENTORY_DATA_"
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
ORDER_ROWS = "flat_file_all_orders_data_by_order_date"
MAY = {"start_date": "2020-05-01T07:00:00Z", "end_date": "2020-05-15T07:00:00Z"}  # Pacific days
WEEKLY = {"type": NAME, "window_days": 7}


def columns(**kinds: Kind) -> tuple[ColumnSpec, ...]:
    headers = {name.replace("__", "."): kind for name, kind in kinds.items()}
    return tuple(ColumnSpec(each, kind, column_name(each)) for each, kind in headers.items())


WHOLE = ReportType(
    name=NAME,
    sp_api_name="GET_SALES_AND_TRAFFIC_REPORT",
    stream="sales_and_traffic_report",
    kind="range",
    title="Sales and traffic",
    identity=Identity("document"),
    format="json",
    max_days=30,
    alignment=WindowAlignment("dates"),
    source=("https://example.com/sales-and-traffic",),
)
TYPE = replace(
    WHOLE,
    parts=(
        replace(
            WHOLE,
            stream=BY_DATE,
            list_path="salesAndTrafficByDate",
            identity=Identity("row", ("date",)),
            columns=columns(
                date=Kind.DATE,
                salesByDate__orderedProductSales__amount=Kind.DECIMAL,
                salesByDate__unitsOrdered=Kind.INTEGER,
            ),
        ),
        replace(
            WHOLE,
            stream=BY_ASIN,
            list_path="salesAndTrafficByAsin",
            columns=columns(parentAsin=Kind.TEXT, salesByAsin__unitsOrdered=Kind.INTEGER),
        ),
    ),
)


@pytest.fixture(autouse=True)
def known(monkeypatch) -> None:
    load = report_types.load

    def load_with_parts(name: str) -> ReportType:
        return TYPE if name in {NAME, TYPE.sp_api_name} else load(name)

    monkeypatch.setattr(report_types, "load", load_with_parts)


@pytest.fixture
def delivers(monkeypatch):
    """Make every report of the sandbox this document."""

    def deliver(document: object) -> None:
        body = json.dumps(document).encode()
        monkeypatch.setattr(
            "tap_mws_reports.sandbox.reports.write", lambda *_: Document(body, None)
        )

    return deliver


def calls(harness, action: str) -> int:
    return harness.amazon.calls.count(action)


def total(rows: list[dict], column: str) -> Decimal:
    return sum(Decimal(str(row[column] or 0)) for row in rows)


@pytest.mark.api(reason="each service counts its own calls")
def test_two_streams_share_a_request_and_a_download(harness) -> None:
    output = harness.run(WEEKLY, **MAY)

    assert not output.failures
    assert (calls(harness, "request"), calls(harness, "download")) == (2, 2)
    days, products = (output.records(stream) for stream in STREAMS)
    assert sorted(row["date"] for row in days) == [f"2020-05-{day:02}" for day in range(1, 15)]
    assert {row["_report_id"] for row in days} == {row["_report_id"] for row in products}
    assert {row["_report_type"] for row in (*days, *products)} == {NAME}
    assert len({row["parent_asin"] for row in products}) * 2 == len(products)
    granularity = "report_specification_report_options_date_granularity"
    assert {row[granularity] for row in days} == {"DAY"}


@pytest.mark.api("mws", reason="SP-API shows one report a poll")
def test_a_poll_has_every_id_once(harness, monkeypatch) -> None:
    handle, polls = harness.amazon.handle, []

    def listening(request, now) -> Response:
        ids = [value for name, value in request.params.items() if "RequestIdList" in name]
        polls.append(ids)
        return handle(request, now)

    monkeypatch.setattr(harness.amazon, "handle", listening)
    harness.run(WEEKLY, **MAY)

    assert max(map(len, polls)) == 2
    assert all(len(ids) == len(set(ids)) for ids in polls)


def test_every_document_is_removed_when_the_last_stream_has_read_it(
    harness, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tap = harness.tap(WEEKLY, **MAY)
    folders, left = [], []

    def close() -> None:
        folders.extend(tmp_path.glob("tap-mws-reports-*"))
        left.extend(tmp_path.rglob("*.report"))

    monkeypatch.setattr(tap.run, "close", close)

    assert harness.sync(tap).records(BY_ASIN)
    assert folders
    assert left == []


def test_the_totals_match_the_orders(harness) -> None:
    output = harness.run(NAME, ORDERS, **MAY)
    days, products, items = map(output.records, (*STREAMS, ORDER_ROWS))

    units = total(items, "quantity")
    assert units > 100
    assert total(days, "sales_by_date_units_ordered") == units
    assert total(products, "sales_by_asin_units_ordered") == units
    sales = "sales_by_date_ordered_product_sales_amount"
    assert total(days, sales) == total(items, "item_price")


def test_a_second_run_requests_nothing(harness) -> None:
    first = harness.run(WEEKLY, **MAY)
    harness.amazon.calls.clear()
    second = harness.run(WEEKLY, **MAY, state=first.state)

    assert not second.failures
    assert not {"request", "download"} & set(harness.amazon.calls)
    assert not second.records(BY_DATE)


def test_a_window_left_to_one_stream_by_a_killed_run_is_not_requested_again(harness) -> None:
    first = harness.run(WEEKLY, **MAY)
    del first.state["bookmarks"][BY_ASIN]
    harness.clock.sleep(3600)
    harness.amazon.calls.clear()
    second = harness.run(WEEKLY, **MAY, state=first.state)

    assert (calls(harness, "request"), calls(harness, "download")) == (0, 2)
    assert second.keys(BY_ASIN) == first.keys(BY_ASIN)
    assert not second.records(BY_DATE)


@pytest.mark.parametrize("forgotten", [(), (BY_ASIN,), STREAMS])
def test_requests_of_a_killed_run_are_shared_by_both_streams(harness, forgotten) -> None:
    class Killed(Exception):
        pass

    def dying(request, now) -> Response:
        if harness.amazon.word(request) == "download":
            raise Killed
        return handle(request, now)

    tap, handle = harness.tap(WEEKLY, **MAY), harness.amazon.handle
    harness.amazon.handle = dying
    with pytest.raises(Killed):
        harness.sync(tap)
    harness.amazon.handle = handle
    state = [message["value"] for message in harness.written if message["type"] == "STATE"][-1]
    for stream in forgotten:
        del state["bookmarks"][stream]
    output = harness.run(WEEKLY, **MAY, state=state)

    assert (calls(harness, "request"), calls(harness, "download")) == (2, 2)
    assert len(output.records(BY_DATE)) == 14
    assert {row["_report_id"] for row in output.records(BY_ASIN)} == {
        row["_report_id"] for row in output.records(BY_DATE)
    }


def test_one_stream_alone_can_be_chosen(harness) -> None:
    catalog = harness.tap(WEEKLY).catalog_dict
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if entry["breadcrumb"] == [] and stream["tap_stream_id"] != BY_ASIN:
                entry["metadata"]["selected"] = False
    output = harness.run(WEEKLY, **MAY, catalog=catalog)

    assert output.records(BY_ASIN)
    assert {each["stream"] for each in output.messages if "stream" in each} == {BY_ASIN}
    assert calls(harness, "download") == 2


def test_a_bad_window_fails_in_both_streams_and_is_requested_again(make_harness) -> None:
    asked_three_times = Fault(FaultKind.CANCELLED, NAME, 3, parse_timestamp("2020-05-01"))
    harness = make_harness(asked_three_times)
    first = harness.run(WEEKLY, **MAY)
    assert len(first.failures) == 2
    assert len(first.records(BY_DATE)) == 7
    harness.amazon.calls.clear()
    second = harness.run(WEEKLY, **MAY, state=first.state)

    assert (calls(harness, "request"), calls(harness, "download")) == (1, 1)
    assert len(second.records(BY_DATE)) == 7
    assert second.records(BY_ASIN)


def test_a_list_that_no_stream_reads_is_named_in_the_log(harness, delivers, caplog) -> None:
    delivers({"salesAndTrafficByDate": [], "salesAndTrafficByHour": [{"hour": 1}]})
    output = harness.run(WEEKLY, **MAY)

    assert not output.failures
    assert not output.records(BY_DATE)
    assert f"No stream reads these lists of {harness.spelled(NAME)}" in caplog.text
    assert "salesAndTrafficByHour" in caplog.text


def test_a_list_without_its_key_is_a_failed_window(harness, delivers) -> None:
    delivers({"salesAndTrafficByDate": [{"day": "2020-05-01"}]})
    output = harness.run(NAME, **MAY)

    assert len(output.failures) == 1
    assert "lacks date" in output.failures[0]


def test_a_kind_of_the_settings_goes_to_the_stream_that_has_the_column(harness) -> None:
    setting = {"sales_by_date_units_ordered": "text", "new_thing": "integer"}
    tap = harness.tap({"type": NAME, "columns": setting})

    schemas = [tap.streams[stream].schema["properties"] for stream in STREAMS]
    assert [each.get("sales_by_date_units_ordered") for each in schemas] == [
        {"type": ["string", "null"]},
        None,
    ]
    assert all(each["new_thing"] == {"type": ["integer", "null"]} for each in schemas)


def test_a_type_configured_twice_is_refused(harness) -> None:
    with pytest.raises(SettingsError, match="is listed twice"):
        harness.tap(NAME, WEEKLY)


def test_a_type_without_parts_is_one_stream_if_it_is_json(harness, delivers, monkeypatch) -> None:
    monkeypatch.setattr(report_types, "load", lambda _: WHOLE)
    delivers({"unit": "EUR", "byDay": [{"day": 1, "net": 2}], "byAsin": [{"asin": "B1"}]})
    output = harness.run(NAME, **MAY)

    columns = ("list_path", "day", "net", "asin", "unit")
    assert [[row[name] for name in columns] for row in output.records(WHOLE.stream)] == [
        ["byDay", "1", "2", None, "EUR"],
        ["byAsin", None, None, "B1", "EUR"],
    ]
