from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.api.mws.operations import OPERATIONS as TABLE
from tap_mws_reports.api.mws.operations import SCHEDULES
from tap_mws_reports.sandbox.mws import operations
from tap_mws_reports.sandbox.mws.operations import MOST_DETAILS
from tap_mws_reports.sandbox.reports import KNOWN

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
FEEDBACK = "_GET_SELLER_FEEDBACK_DATA_"
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"


def test_every_operation_of_the_table_is_served() -> None:
    assert {*operations.OPERATIONS, "GetReport"} == set(TABLE)


def test_a_request_passes_from_submitted_to_done(seller) -> None:
    request_id = seller.request(ORDERS)
    assert request_id.endswith("018425")
    entry = seller.entry(request_id)
    assert entry["processing_status"] == "_SUBMITTED_"
    assert entry["started_processing_date"] is None
    seen = {"_SUBMITTED_"}
    while entry["completed_date"] is None:
        seller.wait(seconds=100)
        entry = seller.entry(request_id)
        seen.add(str(entry["processing_status"]))
        assert (entry["started_processing_date"] is None) == (
            entry["processing_status"] == "_SUBMITTED_"
        )
    assert seen == {"_SUBMITTED_", "_IN_PROGRESS_", "_DONE_"}
    assert str(entry["generated_report_id"]).endswith("018425")


def done(seller, report_type: str) -> str:
    request_id = seller.request(report_type)
    seller.wait(hours=1)
    return str(seller.entry(request_id)["generated_report_id"])


def test_a_report_is_listed_counted_and_downloaded(seller) -> None:
    before = seller.ask("GetReportCount").count
    report_id = done(seller, ORDERS)
    assert seller.ask("GetReportCount").count == before + 1
    newest = seller.ask("GetReportList").items[0]
    assert newest["report_id"] == report_id
    assert newest["acknowledged"] is False
    document = seller.call("GetReport", report_id=report_id)
    assert document.headers["Content-Type"] == "text/plain;charset=windows-1252"
    assert document.body.startswith(b"amazon-order-id\t")


def test_a_report_without_data_has_no_document(seller) -> None:
    request_id = seller.ask(
        "RequestReport", report_type=ORDERS, start_date=seller.now, end_date=seller.now
    ).items[0]["report_request_id"]
    seller.wait(hours=1)
    entry = seller.entry(str(request_id))
    assert entry["processing_status"] == "_DONE_NO_DATA_"
    assert entry["completed_date"] is not None
    assert entry["generated_report_id"] is None


def test_missing_dates_are_those_of_recordings(seller) -> None:
    intervals = {LISTINGS: 0, ORDERS: 1, FEEDBACK: 30}
    for report_type, days in intervals.items():
        item = seller.ask("RequestReport", report_type=report_type).items[0]
        assert item["end_date"] == seller.now
        assert item["start_date"] == seller.now - timedelta(days=days)


REFUSED = [
    ("RequestReport", {"report_type": "_GET_NOTHING_"}, (400, "InvalidReportType")),
    ("RequestReport", {"report_type": "no name"}, (400, "InvalidReportType")),
    ("RequestReport", {"report_type": "GET_ORDERS_DATA"}, (400, "InvalidReportType")),
    ("RequestReport", {"report_type": "_GET_VENDOR_SALES_REPORT_"}, (400, "InvalidReportType")),
    ("RequestReport", {"report_type": "FeedSummaryReport"}, (401, "AccessToReportDenied")),
    (
        "ManageReportSchedule",
        {"report_type": "_GET_NOTHING_", "schedule": "_1_DAY_"},
        (400, "InvalidReportType"),
    ),
    ("RequestReport", {"report_type": SETTLEMENT}, (401, "AccessToReportDenied")),
    (
        "RequestReport",
        {"report_type": ORDERS, "marketplace_ids": ["A1PA6795UKMFR9"]},
        (400, "InvalidParameterValue"),
    ),
    (
        "RequestReport",
        {"report_type": ORDERS, "end_date": datetime.fromisoformat("2020-06-12T09:29:11Z")},
        (400, "InvalidParameterValue"),
    ),
    (
        "RequestReport",
        {
            "report_type": ORDERS,
            "start_date": datetime.fromisoformat("2020-06-11T00:00:00Z"),
            "end_date": datetime.fromisoformat("2020-06-10T00:00:00Z"),
        },
        (400, "InvalidParameterValue"),
    ),
    ("GetReportRequestList", {"report_request_ids": ["1"]}, (400, "InvalidReportRequestId")),
    ("GetReportRequestList", {"processing_statuses": ["_GONE_"]}, (400, "InvalidParameterValue")),
    ("GetReport", {"report_id": "123"}, (400, "InvalidReportId")),
    ("GetReport", {"report_id": "1018000"}, (400, "ReportNoLongerAvailable")),
    ("UpdateReportAcknowledgements", {"report_ids": ["123"]}, (400, "InvalidReportId")),
    (
        "ManageReportSchedule",
        {"report_type": ORDERS, "schedule": "_EVERY_LEAP_YEAR_"},
        (400, "InvalidScheduleFrequency"),
    ),
    (
        "ManageReportSchedule",
        {
            "report_type": ORDERS,
            "schedule": "_1_DAY_",
            "schedule_date": datetime.fromisoformat("2021-06-14T00:00:00Z"),
        },
        (400, "InvalidParameterValue"),
    ),
    ("GetReportListByNextToken", {"next_token": "nobody's"}, (400, "NextTokenCorrupted")),
    ("GetReportListByNextToken", {"next_token": "bm8="}, (400, "NextTokenCorrupted")),
]


@pytest.mark.parametrize(("name", "values", "refusal"), REFUSED)
def test_refused_requests(seller, name, values, refusal) -> None:
    assert seller.refused(name, **values) == refusal


def test_a_request_id_is_not_a_report_id(seller) -> None:
    request_id = seller.request(ORDERS)
    assert seller.refused("GetReport", report_id=request_id) == (400, "InputDataError")


def test_pages_have_every_entry_once_newest_first_despite_additions(seller) -> None:
    made = [seller.request(ORDERS, days) for days in range(1, 8)]
    seller.wait(seconds=1)
    answer = seller.ask("GetReportRequestList", max_count=3, report_types=[ORDERS])
    seen = [item["report_request_id"] for item in answer.items]
    while answer.has_next:
        seller.request(ORDERS, 1)
        answer = seller.ask("GetReportRequestListByNextToken", next_token=answer.next_token)
        assert len(answer.items) <= 3
        seen += [item["report_request_id"] for item in answer.items]
    assert seen == made[::-1]


def test_a_token_of_another_list_is_refused(seller) -> None:
    seller.request(ORDERS, 1)
    seller.request(ORDERS, 2)
    token = seller.ask("GetReportRequestList", max_count=1).next_token
    refusal = seller.refused("GetReportListByNextToken", next_token=token)
    assert refusal == (400, "NextTokenCorrupted")


def test_without_max_count_a_page_holds_ten(seller) -> None:
    for days in range(1, 12):
        seller.request(ORDERS, days)
    assert len(seller.ask("GetReportRequestList").items) == 10


def test_ids_override_every_other_filter(seller) -> None:
    request_id = seller.request(ORDERS)
    answer = seller.ask(
        "GetReportRequestList", report_request_ids=[request_id], report_types=[LISTINGS]
    )
    assert [item["report_request_id"] for item in answer.items] == [request_id]


def test_only_waiting_requests_are_cancelled_and_all_matches_counted(seller) -> None:
    finished = seller.request(ORDERS, 1)
    seller.wait(hours=1)
    waiting = seller.request(ORDERS, 2)
    answer = seller.ask("CancelReportRequests", report_types=[ORDERS])
    assert answer.count == 2
    statuses = {item["report_request_id"]: item["processing_status"] for item in answer.items}
    assert statuses == {finished: "_DONE_", waiting: "_CANCELLED_"}
    assert all(item["generated_report_id"] is None for item in answer.items)
    seller.wait(hours=1)
    entry = seller.entry(waiting)
    assert entry["processing_status"] == "_CANCELLED_"
    assert entry["started_processing_date"] is entry["completed_date"] is None


def test_cancelling_lists_a_hundred_requests_at_most(seller) -> None:
    for _ in range(MOST_DETAILS + 5):
        seller.wait(minutes=2)
        seller.request(ORDERS)
    answer = seller.ask("CancelReportRequests", report_types=[ORDERS])
    assert answer.count == MOST_DETAILS + 5
    assert len(answer.items) == MOST_DETAILS


def test_acknowledgements_can_be_set_and_unset(seller) -> None:
    report_id = done(seller, ORDERS)
    item = seller.ask("UpdateReportAcknowledgements", report_ids=[report_id]).items[0]
    assert item["acknowledged_date"] == seller.now
    listed = seller.ask("GetReportList", acknowledged=True)
    assert [each["report_id"] for each in listed.items] == [report_id]
    seller.wait(minutes=1)
    again = seller.ask("UpdateReportAcknowledgements", report_ids=[report_id], acknowledged=True)
    assert again.items[0]["acknowledged_date"] == seller.now
    seller.ask("UpdateReportAcknowledgements", report_ids=[report_id], acknowledged=False)
    assert seller.ask("GetReportCount", acknowledged=True).count == 0


def test_a_schedule_makes_reports_as_time_passes(seller) -> None:
    schedule = seller.ask("ManageReportSchedule", report_type=ORDERS, schedule="_4_HOURS_")
    assert schedule.count == 1
    assert schedule.items[0]["scheduled_date"] == seller.now
    opened = seller.now
    seller.wait(hours=9)
    answer = seller.ask("GetReportRequestList", report_types=[ORDERS])
    assert [item["end_date"] for item in answer.items] == [
        opened + timedelta(hours=hours) for hours in (8, 4, 0)
    ]
    assert all(item["scheduled"] for item in answer.items)
    assert all(item["end_date"] - item["start_date"] == timedelta(hours=4) for item in answer.items)
    assert seller.ask("GetReportList", report_types=[ORDERS]).items
    listed = seller.ask("GetReportScheduleList").items
    assert listed[0]["scheduled_date"] == opened + timedelta(hours=12)


def test_a_schedule_is_changed_and_deleted(seller) -> None:
    later = seller.now + timedelta(days=1)
    for name in ("_1_DAY_", "_30_DAYS_"):
        seller.ask("ManageReportSchedule", report_type=ORDERS, schedule=name, schedule_date=later)
    assert seller.ask("GetReportScheduleCount").count == 1
    answer = seller.ask("ManageReportSchedule", report_type=ORDERS, schedule="_NEVER_")
    assert (answer.count, answer.items[0]["schedule"]) == (1, "_NEVER_")
    assert seller.ask("GetReportScheduleCount", report_types=[ORDERS]).count == 0


@pytest.mark.parametrize("name", [name for name, period in SCHEDULES.items() if period])
def test_every_schedule_runs_again_after_its_period(open_seller, name) -> None:
    seller = open_seller()
    seller.ask("ManageReportSchedule", report_type=LISTINGS, schedule=name)
    seller.wait(seconds=10)
    item = seller.ask("GetReportScheduleList", report_types=[LISTINGS]).items[0]
    assert item["scheduled_date"] == seller.now - timedelta(seconds=10) + SCHEDULES[name]


def test_settlements_exist_without_a_request(seller) -> None:
    answer = seller.ask("GetReportRequestList", report_types=[SETTLEMENT], max_count=100)
    assert len(answer.items) >= 5
    for item in answer.items:
        assert item["scheduled"] is False
        lag = item["submitted_date"] - item["end_date"]
        assert timedelta(minutes=20) <= lag <= timedelta(minutes=28)
    reports = seller.ask("GetReportList", report_types=[SETTLEMENT], max_count=100)
    assert len(reports.items) == len(answer.items)


def test_reports_older_than_ninety_days_are_gone(seller) -> None:
    report_id = done(seller, ORDERS)
    seller.wait(days=91)
    assert seller.refused("GetReport", report_id=report_id) == (400, "ReportNoLongerAvailable")
    assert seller.ask("GetReportRequestCount", report_types=[ORDERS]).count == 0


def test_the_same_report_within_its_cooldown_is_made_once(seller) -> None:
    start, end = seller.now - timedelta(days=9), seller.now

    def ask() -> str:
        answer = seller.ask("RequestReport", report_type=RETURNS, start_date=start, end_date=end)
        return str(answer.items[0]["report_request_id"])

    first, second = ask(), ask()
    seller.wait(hours=1)
    third = ask()
    seller.wait(hours=4)
    fourth = ask()
    seller.wait(hours=1)
    statuses = [seller.entry(each)["processing_status"] for each in (first, second, third, fourth)]
    assert statuses == ["_CANCELLED_", "_DONE_", "_CANCELLED_", "_DONE_"]


def test_a_range_that_is_too_long_is_reported_in_the_document(seller) -> None:
    request_id = seller.request(ORDERS, days=45)
    seller.wait(hours=1)
    report_id = str(seller.entry(request_id)["generated_report_id"])
    assert b"longer than 30 days" in seller.call("GetReport", report_id=report_id).body


def test_a_cancelled_report_ends_at_its_cancellation(seller) -> None:
    start, end = seller.now - timedelta(days=9), seller.now
    values = {"report_type": RETURNS, "start_date": start, "end_date": end}
    first = str(seller.ask("RequestReport", **values).items[0]["report_request_id"])
    while seller.entry(first)["processing_status"] != "_IN_PROGRESS_":
        seller.wait(seconds=50)
    seller.ask("RequestReport", **values)
    entry = seller.entry(first)
    assert entry["processing_status"] == "_CANCELLED_"
    assert entry["completed_date"] == seller.now.replace(microsecond=0)


OF_MWS = [each for each in report_types.all_known() if "mws" in each.services]
WITHOUT_DOCUMENTS = [
    each.name for each in OF_MWS if each.name not in KNOWN and "request" in each.request_modes
]


@pytest.mark.rows("name", WITHOUT_DOCUMENTS)
def test_types_without_sample_data_end_without_data(seller, name) -> None:
    request_id = seller.request(name, days=1)
    seller.wait(hours=1)
    entry = seller.entry(request_id)
    assert entry["processing_status"] == "_DONE_NO_DATA_"
    assert entry["generated_report_id"] is None


@pytest.mark.rows("name", [each.name for each in OF_MWS])
def test_every_type_can_be_scheduled(open_seller, name) -> None:
    made = open_seller().ask("ManageReportSchedule", report_type=name, schedule="_1_DAY_")
    assert made.items[0]["report_type"] == name


def test_the_summaries_of_feeds_are_among_the_reports(seller) -> None:
    found = seller.ask("GetReportList", report_types=["FeedSummaryReport"]).items
    assert len(found) == 3
    assert seller.ask("GetReportCount", report_types=["FeedSummaryReport"]).count == 3
    document = seller.call("GetReport", report_id=found[0]["report_id"])
    assert document.headers["Content-Type"] == "text/plain;charset=windows-1252"
    assert document.body.startswith(b"Feed Processing Summary:\n\tNumber of records processed\t\t")
    # A feed is not a report request.
    assert seller.refused(
        "GetReportRequestList", report_request_ids=[found[0]["report_request_id"]]
    ) == (400, "InvalidReportRequestId")
    seller.wait(days=91)
    later = seller.ask("GetReportList", report_types=["FeedSummaryReport"]).items
    assert len(later) == 3
    assert {each["report_id"] for each in later}.isdisjoint(each["report_id"] for each in found)


@pytest.mark.parametrize(
    "params",
    [
        {"ReportRequestIdList.Id": "{id}"},
        {"ReportRequestIdList": '["{id}"]'},
        {"ReportRequestIdList.Id.1": ""},
        {"ReportTypeList.Type": LISTINGS},
    ],
)
def test_a_malformed_list_cancels_nothing(seller, params) -> None:
    request_ids = [seller.request(ORDERS), seller.request(LISTINGS)]
    filled = {name: text.format(id=request_ids[0]) for name, text in params.items()}
    response = seller.send({"Action": "CancelReportRequests", **filled})
    assert response.status == 400
    assert [seller.entry(each)["processing_status"] for each in request_ids] == ["_SUBMITTED_"] * 2


@pytest.mark.parametrize("name", [each.name for each in OF_MWS if each.max_days == 60])
def test_sixty_days_of_returns_are_one_request(seller, name) -> None:
    request_id = seller.request(name, days=60)
    seller.wait(hours=1)
    assert seller.entry(request_id)["processing_status"] == "_DONE_NO_DATA_"
    request_id = seller.request(name, days=61)
    seller.wait(hours=1)
    report_id = seller.entry(request_id)["generated_report_id"]
    assert b"not be longer than 60 days" in seller.call("GetReport", report_id=report_id).body
