from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportSchedule,
    ReportService,
    ReportSpec,
    ThrottledCall,
)

WHEN = datetime(2020, 6, 12, 11, 0, tzinfo=UTC)


def sent(transport, *, position: int = -1) -> dict[str, str]:
    """Return the parameters that are the call's own."""
    every_call = {"AWSAccessKeyId", "SellerId", "MWSAuthToken", "Timestamp", "Version"}
    params = transport.seen[position][1]
    return {
        name: text
        for name, text in params.items()
        if name not in every_call and not name.startswith("Signature")
    }


def test_it_is_a_report_service(service) -> None:
    described: ReportService = service
    assert described.seconds_until_allowed(ThrottledCall.POLL) == 0.0


@pytest.mark.parametrize(
    ("call", "answer", "burst", "restore"),
    [
        (ThrottledCall.REQUEST, "RequestReport", 15, 60.0),
        (ThrottledCall.POLL, "GetReportRequestList", 10, 45.0),
        (ThrottledCall.DOWNLOAD, "GetReport", 15, 60.0),
    ],
)
def test_the_time_until_a_report_was_ready(
    service, transport, answers, tmp_path, call, answer, burst, restore
) -> None:
    item = answers.request_item(1)
    transport.script = [
        answers.document(b"x") if answer == "GetReport" else answers.good(answer, items=(item,))
    ]
    for _ in range(burst):
        assert service.seconds_until_allowed(call) == 0.0
        if call is ThrottledCall.REQUEST:
            service.request_report(ReportSpec("_GET_ORDERS_DATA_"))
        elif call is ThrottledCall.POLL:
            list(service.report_requests())
        else:
            service.download("1", tmp_path / "report")
    assert service.seconds_until_allowed(call) == restore


def test_request_report(make_service, transport, answers) -> None:
    service = make_service(marketplace_ids=("ATVPDKIKX0DER",))
    transport.script = [
        answers.good("RequestReport", items=(answers.request_item(7, "_SUBMITTED_"),))
    ]
    request = service.request_report(
        ReportSpec(
            "_GET_FLAT_FILE_ORDERS_DATA_",
            start=WHEN - timedelta(days=1),
            end=WHEN,
            options=(("ShowSalesChannel", "true"), ("bare", "")),
        )
    )
    assert request == ReportRequest(
        report_request_id="7018425",
        report_type="_GET_ORDERS_DATA_",
        start_date=WHEN,
        end_date=WHEN,
        scheduled=False,
        submitted_date=WHEN,
        processing_status=ProcessingStatus.SUBMITTED,
    )
    assert sent(transport) == {
        "Action": "RequestReport",
        "ReportType": "_GET_FLAT_FILE_ORDERS_DATA_",
        "StartDate": "2020-06-11T11:00:00Z",
        "EndDate": "2020-06-12T11:00:00Z",
        "ReportOptions": "ShowSalesChannel=true;bare",
        "MarketplaceIdList.Id.1": "ATVPDKIKX0DER",
    }


def test_a_snapshot_is_requested_for_its_own_marketplaces(make_service, transport, answers) -> None:
    transport.script = [answers.good("RequestReport", items=(answers.request_item(7),))]
    service = make_service(marketplace_ids=("ATVPDKIKX0DER",))
    service.request_report(ReportSpec("T", marketplace_ids=("A", "B")))
    assert sent(transport) == {
        "Action": "RequestReport",
        "ReportType": "T",
        "MarketplaceIdList.Id.1": "A",
        "MarketplaceIdList.Id.2": "B",
    }


def test_report_requests_of_all_pages(service, transport, answers) -> None:
    pages = ([answers.request_item(3)], [answers.request_item(2)], [answers.request_item(1)])
    transport.script = [*answers.pages("GetReportRequestList", *pages)]
    found = list(service.report_requests(report_types=["T"], requested_from=WHEN))
    assert [each.report_request_id for each in found] == ["3018425", "2018425", "1018425"]
    assert sent(transport, position=0) == {
        "Action": "GetReportRequestList",
        "ReportTypeList.Type.1": "T",
        "RequestedFromDate": "2020-06-12T11:00:00Z",
        "MaxCount": "100",
    }
    assert sent(transport) == {
        "Action": "GetReportRequestListByNextToken",
        "NextToken": "token+2/=",
    }


def test_report_requests_by_id_are_listed_a_hundred_per_call(service, transport, answers) -> None:
    transport.script = [answers.good("GetReportRequestList")]
    assert list(service.report_requests(ids=[str(number) for number in range(250)])) == []
    calls = [sent(transport, position=position) for position in range(len(transport.seen))]
    prefix = "ReportRequestIdList.Id."
    ids = [{text for name, text in call.items() if name.startswith(prefix)} for call in calls]
    assert [len(each) for each in ids] == [100, 100, 50]
    assert set.union(*ids) == {str(number) for number in range(250)}


def test_reports(service, transport, answers) -> None:
    transport.script = [*answers.pages("GetReportList", [answers.report_item(2)], [])]
    found = list(
        service.reports(
            report_types=["T"], request_ids=["9"], acknowledged=False, available_from=WHEN
        )
    )
    assert found == [Report("2018425", "_GET_ORDERS_DATA_", None, WHEN)]
    assert sent(transport, position=0) == {
        "Action": "GetReportList",
        "ReportTypeList.Type.1": "T",
        "ReportRequestIdList.Id.1": "9",
        "Acknowledged": "false",
        "AvailableFromDate": "2020-06-12T11:00:00Z",
        "MaxCount": "100",
    }


def test_counts(service, transport, answers) -> None:
    names = ("GetReportRequestCount", "GetReportCount", "GetReportScheduleCount")
    transport.script = [answers.good(name, count=number) for number, name in enumerate(names)]
    counts = [
        service.count_report_requests(report_types=["T"]),
        service.count_reports(report_types=["T"], acknowledged=True),
        service.count_report_schedules(report_types=["T"]),
    ]
    assert counts == [0, 1, 2]
    assert transport.actions == list(names)
    assert sent(transport, position=1)["Acknowledged"] == "true"


def test_cancel(service, transport, answers) -> None:
    transport.script = [
        answers.good(
            "CancelReportRequests", count=1, items=(answers.request_item(1, "_CANCELLED_"),)
        )
    ]
    [request] = service.cancel_report_requests(["1018425"])
    assert request.processing_status is ProcessingStatus.CANCELLED
    assert sent(transport) == {
        "Action": "CancelReportRequests",
        "ReportRequestIdList.Id.1": "1018425",
    }


def test_an_empty_list_of_ids_lists_nothing(service, transport) -> None:
    assert service.cancel_report_requests([]) == []
    assert service.acknowledge([]) == []
    assert transport.seen == []


def test_schedules(service, transport, answers) -> None:
    item: dict[str, object] = {
        "report_type": "_GET_ORDERS_DATA_",
        "schedule": "_1_HOUR_",
        "scheduled_date": WHEN,
    }
    transport.script = [
        answers.good("ManageReportSchedule", count=1, items=(item,)),
        answers.good("GetReportScheduleList", items=(item,)),
    ]
    schedule = ReportSchedule("_GET_ORDERS_DATA_", "_1_HOUR_", WHEN)
    assert service.manage_schedule("_GET_ORDERS_DATA_", "_1_HOUR_", WHEN) == [schedule]
    assert sent(transport) == {
        "Action": "ManageReportSchedule",
        "ReportType": "_GET_ORDERS_DATA_",
        "Schedule": "_1_HOUR_",
        "ScheduleDate": "2020-06-12T11:00:00Z",
    }
    assert service.report_schedules(report_types=["T"]) == [schedule]
    assert sent(transport) == {"Action": "GetReportScheduleList", "ReportTypeList.Type.1": "T"}


@pytest.mark.parametrize(("flag", "text"), [(True, "true"), (False, "false")])
def test_acknowledge(service, transport, answers, flag: bool, text: str) -> None:
    item = {**answers.report_item(1), "acknowledged": flag}
    transport.script = [answers.good("UpdateReportAcknowledgements", count=1, items=(item,))]
    [report] = service.acknowledge(["1018425"], acknowledged=flag)
    assert report.acknowledged is flag
    assert sent(transport) == {
        "Action": "UpdateReportAcknowledgements",
        "ReportIdList.Id.1": "1018425",
        "Acknowledged": text,
    }


def test_a_limit_is_checked_before_a_call(service, transport) -> None:
    with pytest.raises(errors.RequestRefused, match="at most 100"):
        service.acknowledge(["1"] * 101)
    assert transport.seen == []
