from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta, timezone

import pytest

from tap_mws_reports.api.interface import Report
from tap_mws_reports.connection import list_calls
from tap_mws_reports.retrieval.planning.list_plan import plan_lists
from tap_mws_reports.streams.lifecycle import as_record

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"
"""Both services make it on a schedule."""


def test_report_requests_and_reports_refer_to_each_other(harness) -> None:
    output = harness.run(ORDERS)
    requests = {row["report_request_id"]: row for row in output.records("report_requests")}
    # A feed's summary is a report without a request.
    reports = [
        row for row in output.records("reports") if row["report_type"] != "FeedSummaryReport"
    ]
    assert reports
    for report in reports:
        request = requests[report["report_request_id"]]
        assert request["generated_report_id"] == report["report_id"]
        assert request["processing_status"] == "DONE"
    assert all(row["seller_id"] == "A1SANDBOXNA" for row in requests.values())


def test_a_second_run_adds_what_is_new_only(harness) -> None:
    first = harness.run()
    again = harness.run(state=first.state)
    assert not again.records("reports")
    harness.clock.sleep(timedelta(days=14).total_seconds())
    later = harness.run(state=again.state)
    assert len(later.records("reports")) >= 1
    assert not set(later.keys("reports")) & set(first.keys("reports"))


def test_a_schedule_and_every_change_of_it_are_emitted(harness) -> None:
    service = harness.tap().run.sellers["A1SANDBOXNA"].service
    service.manage_schedule(UNSHIPPED, "_1_DAY_")
    first = harness.run()
    assert [row["schedule"] for row in first.records("report_schedules")] == ["_1_DAY_"]
    service.manage_schedule(UNSHIPPED, "_4_HOURS_")
    second = harness.run(state=first.state)
    assert [row["schedule"] for row in second.records("report_schedules")] == ["_4_HOURS_"]
    service.manage_schedule(UNSHIPPED, "_NEVER_")
    third = harness.run(state=second.state)
    assert [row["schedule"] for row in third.records("report_schedules")] == ["_NEVER_"]
    assert harness.run(state=third.state).records("report_schedules") == []


@pytest.mark.parametrize("timestamps", ["utc", "offset"])
def test_timestamps_are_in_utc(harness, timestamps) -> None:
    harness.tap().run.sellers["A1SANDBOXNA"].service.manage_schedule(UNSHIPPED, "_1_DAY_")
    output = harness.run(ORDERS, timestamps=timestamps)

    moments = []
    for stream in ("report_requests", "reports", "report_schedules"):
        properties = output.schemas(stream)[0]["schema"]["properties"]
        names = [name for name, each in properties.items() if each.get("format") == "date-time"]
        moments += [row[name] for row in output.records(stream) for name in names if row[name]]
    for row in output.records("flat_file_all_orders_data_by_last_update"):
        moments += [row["_data_start"], row["_data_end"]]
    assert len(moments) > 30
    assert {moment[19:] for moment in moments} == {"+00:00"}


def test_a_timestamp_with_an_offset_is_written_in_utc() -> None:
    moment = datetime(2020, 6, 12, 2, 29, 10, tzinfo=timezone(timedelta(hours=-7)))
    report = Report("1", "_GET_SOMETHING_", None, moment)

    assert as_record(report, "A1")["available_date"] == "2020-06-12T09:29:10+00:00"


@pytest.mark.api("sp_api", reason="MWS lists all types in one call")
def test_waits_for_lists_are_planned_and_logged(harness, caplog) -> None:
    tap = harness.tap()
    plan = plan_lists(list_calls(tap.owners, tap.streams), harness.clock.now())
    assert plan.at_least > timedelta(minutes=5)
    with caplog.at_level(logging.INFO, "tap_mws_reports"):
        harness.sync(tap)
    waits = [each for each in caplog.records if getattr(each, "operation", None)]
    assert sum(each.seconds for each in waits) == pytest.approx(
        plan.at_least.total_seconds(), abs=len(waits)
    )
    message = waits[0].getMessage()
    assert re.fullmatch(
        r"Waiting \d+ s for the quota of getReports, to list report_requests of seller A1SANDBOXNA",
        message,
    )
