"""The operations of the service for the work list, the lifecycle streams and people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import (
    ProcessingStatus,
    ReportAdministration,
    ReportService,
    ReportSpec,
    ThrottledCall,
)
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.sp_api.service import QUOTAS, SpApiReportService

SPEC = ReportSpec("_GET_STOCK_", datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 2, tzinfo=UTC))
MINUTE = 60.0


def test_it_is_a_report_service(service) -> None:
    found: ReportService = service
    assert get_type_hints(ReportService)["ids_per_poll"] is int
    assert found.ids_per_poll == 1


def test_the_usage_plans_of_throttled_calls() -> None:
    assert {
        ThrottledCall.REQUEST: Quota(15, 1 / 0.0167),
        ThrottledCall.POLL: Quota(15, 0.5),
        ThrottledCall.LIST: Quota(10, 1 / 0.0222),
        ThrottledCall.DOWNLOAD: Quota(15, 1 / 0.0167),
    } == QUOTAS


def test_a_request_is_submitted(service, transport, answers, clock) -> None:
    transport.script["createReport"] = [answers.good("createReport", reportId="1019792")]
    requested = service.request_report(SPEC)
    assert (requested.start_date, requested.end_date) == (SPEC.start, SPEC.end)
    assert (requested.submitted_date, requested.scheduled) == (clock.now(), False)
    assert requested.processing_status is ProcessingStatus.SUBMITTED
    assert requested.generated_report_id is None


def test_a_snapshot_is_requested_without_dates(service, transport, answers) -> None:
    transport.script["createReport"] = [answers.good("createReport", reportId="1")]
    service.request_report(ReportSpec("_GET_STOCK_", marketplace_ids=("A1PA6795UKMFR9",)))
    assert json.loads(transport.requests[-1].body) == {
        "reportType": "GET_STOCK",
        "marketplaceIds": ["A1PA6795UKMFR9"],
    }


def refused(service, report_type: str = "_GET_STOCK_") -> errors.TapError:
    with pytest.raises((errors.Throttled, errors.RequestRefused)) as caught:
        service.request_report(replace(SPEC, report_type=report_type))
    return caught.value


def test_a_call_does_not_wait_for_a_types_own_quota(service, transport, answers, clock) -> None:
    transport.script["createReport"] = [answers.throttled()]
    began = clock.now()
    error = refused(service)
    assert isinstance(error, errors.Throttled)
    assert "GET_STOCK is not requested for 15 min" in error.what
    assert error.retry_after == 15 * MINUTE
    assert clock.now() == began
    assert service.seconds_until_allowed(ThrottledCall.REQUEST) == 0.0
    assert refused(service, "_GET_ORDERS_").retry_after == 15 * MINUTE
    assert service.seconds_until_allowed(ThrottledCall.REQUEST) == pytest.approx(59.88, abs=0.01)


def test_a_throttled_type_is_not_called_for_a_quarter_of_an_hour(
    service, transport, answers, clock
) -> None:
    transport.script["createReport"] = [answers.throttled()]
    for _ in range(4):
        refused(service)
        clock.sleep(7 * MINUTE)
    assert transport.names.count("createReport") == 2


def test_a_spacing_between_the_accepted_and_the_throttled_is_tried(
    service, transport, answers, clock
) -> None:
    good = answers.good("createReport", reportId="1")
    throttled = answers.throttled()
    transport.script["createReport"] = [good, throttled, good, good]
    service.request_report(SPEC)
    clock.sleep(MINUTE)
    clock.sleep(refused(service).retry_after)
    service.request_report(SPEC)
    error = refused(service)
    assert error.retry_after == pytest.approx(8.5 * MINUTE, abs=2)
    assert "one in 8 min, learned from refusals" in error.what
    clock.sleep(error.retry_after)
    service.request_report(SPEC)
    assert transport.names.count("createReport") == 4


def test_operations_without_counterpart_are_refused(service, transport) -> None:
    for ask in (service.count_report_requests, service.count_reports):
        with pytest.raises(errors.RequestRefused, match="does not count reports") as caught:
            ask(report_types=["_A_"])
        assert caught.value.hint
    with pytest.raises(errors.RequestRefused, match="no acknowledgements") as caught:
        service.acknowledge(["1"])
    assert "leave acknowledge out" in caught.value.hint
    with pytest.raises(errors.RequestRefused, match="no acknowledgements"):
        service.reports(acknowledged=False)
    assert service.acknowledge([]) == service.cancel_report_requests([]) == []
    assert transport.requests == []


def schedule(number: int, period: str, *marketplaces: str, **other: str) -> dict[str, object]:
    return {
        "reportScheduleId": str(number),
        "reportType": "GET_ORDERS_GENERAL",
        "period": period,
        "marketplaceIds": list(marketplaces),
        **other,
    }


def test_schedules(service, transport, answers) -> None:
    listed = [
        schedule(1, "P1D", nextReportCreationTime="2024-03-11T00:00:00.000Z"),
        schedule(2, "PT84H"),
        schedule(3, "P5Y"),
    ]
    transport.script["getReportSchedules"] = [
        answers.good("getReportSchedules", reportSchedules=listed)
    ]
    found = service.report_schedules()
    assert [(each.report_type, each.schedule, each.scheduled_date) for each in found] == [
        ("_GET_ORDERS_", "_1_DAY_", datetime(2024, 3, 11, tzinfo=UTC)),
        ("_GET_ORDERS_", "PT84H", None),
        ("_GET_ORDERS_", "P5Y", None),
    ]
    assert service.count_report_schedules() == 3


@pytest.mark.parametrize(
    ("word", "period"),
    [("_1_DAY_", "P1D"), ("_7_DAYS_", "P7D"), ("_1_WEEK_", "P7D"), ("P1M", "P1M")],
)
def test_a_schedule_is_created(service, transport, answers, word: str, period: str) -> None:
    transport.script["createReportSchedule"] = [
        answers.good("createReportSchedule", reportScheduleId="1")
    ]
    transport.script["getReportSchedules"] = [
        answers.good("getReportSchedules", reportSchedules=[schedule(1, period)])
    ]
    first = datetime(2024, 3, 11, tzinfo=UTC)
    [found] = service.manage_schedule("_GET_ORDERS_", word, first)
    assert found.report_type == "_GET_ORDERS_"
    assert json.loads(transport.called("createReportSchedule")[0].body) == {
        "reportType": "GET_ORDERS_GENERAL",
        "marketplaceIds": ["ATVPDKIKX0DER"],
        "period": period,
        "nextReportCreationTime": "2024-03-11T00:00:00Z",
    }


def test_only_schedules_of_its_marketplaces_are_deleted(service, transport, answers) -> None:
    listed = [
        schedule(1, "P1D", "ATVPDKIKX0DER"),
        schedule(2, "P1D", "A2EUQ1WTGCTBG2"),
        schedule(3, "P1D", "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"),
    ]
    transport.script["getReportSchedules"] = [
        answers.good("getReportSchedules", reportSchedules=listed)
    ]
    transport.script["cancelReportSchedule"] = [answers.good("cancelReportSchedule")]
    service.manage_schedule("_GET_ORDERS_", "_NEVER_")
    [deleted] = transport.called("cancelReportSchedule")
    assert deleted.url.endswith("/schedules/1")


def test_a_schedule_that_does_not_exist(service, transport) -> None:
    with pytest.raises(errors.RequestRefused, match="_5_DAYS_ is not a schedule") as caught:
        service.manage_schedule("_GET_ORDERS_", "_5_DAYS_")
    assert "PT84H" in caught.value.hint
    assert transport.requests == []


def test_the_service_has_no_public_names_beyond_the_protocol() -> None:
    public = {name for name in dir(SpApiReportService) if not name.startswith("_")}
    described = {*dir(ReportService), *dir(ReportAdministration), *get_type_hints(ReportService)}
    assert public == {name for name in described if not name.startswith("_")}
