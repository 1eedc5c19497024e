"""The meaning of each status, above all of CANCELLED."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest

CANCELLED, EMPTY = ProcessingStatus.CANCELLED, ProcessingStatus.DONE_NO_DATA
WAITING = ProcessingStatus.IN_PROGRESS


def at(minute: int) -> str:
    return f"2024-03-10T20:{minute:02}:00+00:00"


def status(service, report_id: str = "1019792") -> ProcessingStatus:
    [found] = service.report_requests(ids=[report_id])
    return found.processing_status


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("IN_QUEUE", ProcessingStatus.SUBMITTED),
        ("IN_PROGRESS", WAITING),
        ("DONE", ProcessingStatus.DONE),
        ("FATAL", ProcessingStatus.FATAL),
        ("SLEEPING", WAITING),
    ],
)
def test_every_status(service, transport, answers, told: str, meant: ProcessingStatus) -> None:
    transport.script["getReport"] = [answers.report(status=told)]
    assert status(service) is meant


def test_a_report_as_a_request(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.report(reportScheduleId="5")]
    [found] = service.report_requests(ids=["1019792"])
    assert found == ReportRequest(
        report_request_id="1019792",
        report_type="_GET_ORDERS_",
        start_date=datetime(2024, 3, 1, tzinfo=UTC),
        end_date=datetime(2024, 3, 2, tzinfo=UTC),
        scheduled=True,
        submitted_date=datetime(2024, 3, 10, 20, tzinfo=UTC),
        processing_status=ProcessingStatus.DONE,
        generated_report_id="1019792",
        started_processing_date=datetime(2024, 3, 10, 20, 0, 6, tzinfo=UTC),
        completed_date=datetime(2024, 3, 10, 20, 0, 20, tzinfo=UTC),
        marketplace_ids=("ATVPDKIKX0DER",),
    )


def test_an_unknown_report_is_none(service, transport, answers) -> None:
    transport.script["getReport"] = [
        answers.fault(400, "InvalidInput"),
        answers.fault(404, "NotFound"),
        answers.report(3),
    ]
    found = service.report_requests(ids=["1", "2", "3019792"])
    assert [each.report_request_id for each in found] == ["3019792"]


def test_a_forbidden_report_is_an_error(service, transport, answers) -> None:
    forbidden = answers.fault(403, "Unauthorized", "Access to the resource is forbidden")
    transport.script["getReport"] = [forbidden]
    with pytest.raises(errors.RequestRefused):
        list(service.report_requests(ids=["1"]))


def test_cancelled_without_data(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.report(status="CANCELLED")]
    assert status(service) is EMPTY
    assert "getReports" not in transport.names


def test_cancelled_in_the_queue(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.report(status="CANCELLED", processingStartTime=None)]
    assert status(service) is CANCELLED


def test_cancelled_by_this_program(service, transport, answers) -> None:
    transport.script["cancelReport"] = [answers.good("cancelReport")]
    transport.script["getReport"] = [answers.report(status="CANCELLED")]
    [found] = service.cancel_report_requests(["1019792"])
    assert found.processing_status is CANCELLED
    assert status(service) is CANCELLED


def test_a_report_in_progress_cannot_be_cancelled(service, transport, answers) -> None:
    transport.script["cancelReport"] = [answers.fault(400, "InvalidInput", "Too late")]
    transport.script["getReport"] = [
        answers.report(status="IN_PROGRESS"),
        answers.report(status="CANCELLED"),
    ]
    [found] = service.cancel_report_requests(["1019792"])
    assert found.processing_status is WAITING
    assert status(service) is EMPTY


STOCK = {"reportType": "GET_STOCK", "createdTime": at(40)}
BEFORE = {"reportType": "GET_STOCK", "createdTime": at(11)}
BEGIN = datetime(2024, 3, 10, 20, 30, tzinfo=UTC)
SNAPSHOT = {"dataStartTime": at(40), "dataEndTime": at(40)}

OTHERS = [
    ([], EMPTY),
    ([("DONE", BEFORE)], CANCELLED),
    ([("IN_PROGRESS", BEFORE)], CANCELLED),
    ([("FATAL", BEFORE)], CANCELLED),
    ([("CANCELLED", BEFORE)], EMPTY),
    ([("DONE", {**BEFORE, "createdTime": at(10)})], EMPTY),
    ([("DONE", {**BEFORE, "createdTime": at(41)})], EMPTY),
    ([("DONE", {**BEFORE, "dataEndTime": at(0)})], EMPTY),
    ([("DONE", {**BEFORE, "reportType": "GET_ORDERS_GENERAL"})], EMPTY),
    ([("DONE", {**BEFORE, "marketplaceIds": ["A1PA6795UKMFR9"]})], EMPTY),
    ([("DONE", {**BEFORE, "marketplaceIds": None})], CANCELLED),
]


@pytest.mark.parametrize(("others", "meant"), OTHERS)
def test_cancelled_possibly_within_the_cooldown(
    service, transport, answers, others: list[tuple[str, dict[str, object]]], meant
) -> None:
    item = answers.item(1, "CANCELLED", **STOCK)
    made = [answers.item(each, *other[:1], **other[1]) for each, other in enumerate(others, 2)]
    transport.script["getReport"] = [answers.good("getReport", **item)]
    transport.script["getReports"] = [answers.good("getReports", reports=[item, *made])]
    assert status(service) is meant


@pytest.mark.parametrize(("others", "meant"), OTHERS)
def test_a_list_shows_cancellations_within_the_cooldown(
    service, transport, answers, others: list[tuple[str, dict[str, object]]], meant
) -> None:
    item = answers.item(1, "CANCELLED", **STOCK)
    made = [answers.item(each, *other[:1], **other[1]) for each, other in enumerate(others, 2)]
    transport.script["getReports"] = [answers.good("getReports", reports=[item, *made])]
    listed = service.report_requests(report_types=["_GET_STOCK_"])
    assert {each.report_request_id: each.processing_status for each in listed}["1019792"] is meant


def test_a_type_that_cannot_be_listed_is_not_empty(service, transport, answers) -> None:
    # An earlier request, whose answer was lost, may be why it was cancelled: nothing tells.
    refused = answers.fault(400, "InvalidInput", "Invalid report type")
    orders = answers.good("getReports", reports=[])
    transport.script["getReports"] = [refused, orders, refused]
    list(service.report_requests(report_types=["_GET_ORDERS_GENERAL_", "_GET_STOCK_"]))
    item = answers.item(1, "CANCELLED", **STOCK)
    transport.script["getReport"] = [answers.good("getReport", **item)]
    assert status(service) is CANCELLED


def test_a_type_whose_list_is_refused_for_the_explanation_is_not_empty(
    service, transport, answers
) -> None:
    forbidden = answers.fault(403, "Unauthorized", "Access to the resource is forbidden")
    item = answers.item(1, "CANCELLED", **STOCK)
    transport.script["getReport"] = [answers.good("getReport", **item)]
    transport.script["getReports"] = [forbidden]
    assert status(service) is CANCELLED
    assert status(service) is CANCELLED
    assert transport.names.count("getReports") == 1


def test_a_list_that_starts_within_the_cooldown_proves_nothing(service, transport, answers) -> None:
    item, other = answers.item(1, "CANCELLED", **STOCK), answers.item(2, **BEFORE)
    short = answers.good("getReports", reports=[item])
    transport.script["getReports"] = [short, answers.good("getReports", reports=[item, other])]
    since = datetime.fromisoformat(at(35))

    def listed() -> list[ProcessingStatus]:
        found = service.report_requests(report_types=["_GET_STOCK_"], requested_from=since)
        return [each.processing_status for each in found]

    assert listed() == [CANCELLED]
    assert transport.names.count("getReports") == 2
    assert listed()[0] is CANCELLED
    assert transport.names.count("getReports") == 3, "what is known is not asked for again"


def test_two_snapshots_are_the_same_report(service, transport, answers) -> None:
    item = answers.item(1, "CANCELLED", **STOCK, **SNAPSHOT)
    other = answers.item(2, **BEFORE, dataStartTime=at(11), dataEndTime=at(11))
    transport.script["getReport"] = [answers.good("getReport", **item)]
    transport.script["getReports"] = [answers.good("getReports", reports=[item, other])]
    assert status(service) is CANCELLED


def test_nothing_is_decided_while_the_list_quota_is_exhausted(
    service, transport, answers, clock
) -> None:
    transport.script["getReport"] = [answers.report(1, "CANCELLED", **STOCK)]
    transport.script["getReports"] = [answers.good("getReports", reports=[])]
    for _ in range(10):
        list(service.report_requests(report_types=["_A_"]))
    assert status(service) is WAITING
    assert transport.seconds("getReport") == [0.0]
    clock.sleep(46)
    assert status(service) is EMPTY


def test_a_later_list_covers_what_waited_for_the_quota(service, transport, answers, clock) -> None:
    transport.script["getReport"] = [answers.report(1, "CANCELLED", **STOCK)]
    item, other = answers.item(1, "CANCELLED", **STOCK), answers.item(2, "DONE", **BEFORE)
    transport.script["getReports"] = [
        *(answers.good("getReports", reports=[]) for _ in range(10)),
        answers.good("getReports", reports=[item, other]),
    ]
    for _ in range(10):
        list(service.report_requests(report_types=["_A_"]))
    assert status(service) is WAITING
    clock.sleep(46)
    # A list that alone would begin inside the cooldown of the cancelled report.
    list(service.report_requests(report_types=["_GET_STOCK_"], requested_from=BEGIN))
    assert status(service) is CANCELLED  # from the list before: the quota is used up again
