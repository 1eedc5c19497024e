"""The table against the figures of Amazon's manual, written down a second time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.mws.operations import (
    OPERATIONS,
    SCHEDULES,
    STATUSES,
    Operation,
    ParameterKind,
)
from tap_mws_reports.api.quota import Quota

TYPES = "ReportTypeList.Type"
REQUEST_IDS = "ReportRequestIdList.Id"
PROCESSING = "ReportProcessingStatusList.Status"

# Parameters with * are required; the quota is burst, seconds to restore one, calls an hour.
MANUAL = {
    "RequestReport": (
        {"ReportType*", "StartDate", "EndDate", "ReportOptions", "MarketplaceIdList.Id"},
        (15, 60, 60),
    ),
    "GetReportRequestList": (
        {REQUEST_IDS, TYPES, PROCESSING, "MaxCount", "RequestedFromDate", "RequestedToDate"},
        (10, 45, 80),
    ),
    "GetReportRequestListByNextToken": ({"NextToken*"}, (30, 2, 1800)),
    "GetReportRequestCount": (
        {TYPES, PROCESSING, "RequestedFromDate", "RequestedToDate"},
        (10, 45, 80),
    ),
    "CancelReportRequests": (
        {REQUEST_IDS, TYPES, PROCESSING, "RequestedFromDate", "RequestedToDate"},
        (10, 45, 80),
    ),
    "GetReportList": (
        {"MaxCount", TYPES, "Acknowledged", "AvailableFromDate", "AvailableToDate", REQUEST_IDS},
        (10, 60, 60),
    ),
    "GetReportListByNextToken": ({"NextToken*"}, (30, 2, 1800)),
    "GetReportCount": (
        {TYPES, "Acknowledged", "AvailableFromDate", "AvailableToDate"},
        (10, 45, 80),
    ),
    "GetReport": ({"ReportId*"}, (15, 60, 60)),
    "ManageReportSchedule": ({"ReportType*", "Schedule*", "ScheduleDate"}, (10, 45, 80)),
    "GetReportScheduleList": ({TYPES}, (10, 45, 80)),
    "GetReportScheduleListByNextToken": ({"NextToken*"}, None),
    "GetReportScheduleCount": ({TYPES}, (10, 45, 80)),
    "UpdateReportAcknowledgements": ({"ReportIdList.Id*", "Acknowledged"}, (10, 45, 80)),
}


def test_the_table_has_all_fourteen_operations() -> None:
    assert OPERATIONS.keys() == MANUAL.keys()


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_every_row(operation: Operation) -> None:
    parameters, quota = MANUAL[operation.name]
    assert {each.wire + "*" * each.required for each in operation.parameters} == parameters
    assert operation.quota == (Quota(*quota) if quota else None)
    assert operation.page == (
        f"https://docs.developer.amazonservices.com/en_US/reports/Reports_{operation.name}.html"
    )
    other_job = f"{operation.name}ByNextToken"
    assert operation.next_token == (other_job if other_job in OPERATIONS else None)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_parameter_names_are_those_of_the_api(operation: Operation) -> None:
    """One Python name for one wire name, everywhere, and a list where the wire has one."""
    for parameter in operation.parameters:
        member = parameter.wire.split(".")[-1]
        plural = {"Type": "types", "Id": "ids", "Status": "statuses"}
        if parameter.kind is ParameterKind.LIST:
            assert "List." in parameter.wire
            assert parameter.name.endswith(plural[member])
        elif parameter.kind is ParameterKind.DATE:
            assert parameter.wire.endswith("Date")
        assert parameter.name == parameter.name.lower()
    fields = operation.result.item.fields if operation.result.item else ()
    for field in fields:
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", field.wire).lower()
        assert field.name == snake.removeprefix("report_processing_").replace(
            "status", "processing_status"
        )
        assert (field.kind is ParameterKind.DATE) == field.wire.endswith("Date")


@pytest.mark.parametrize("name", OPERATIONS)
def test_only_lists_have_more_pages(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.result.has_next == ("List" in name)
    assert operation.result.count == (
        "Count" in name or name.startswith(("Cancel", "Manage", "Update"))
    )
    assert operation.result.document == (name == "GetReport")
    assert operation.result.single == (name == "RequestReport")


def test_limits() -> None:
    limits = {
        (name, each.wire): each.limit
        for name, operation in OPERATIONS.items()
        for each in operation.parameters
        if each.limit is not None
    }
    assert limits == {
        ("GetReportRequestList", "MaxCount"): 100,
        ("GetReportList", "MaxCount"): 100,
        ("UpdateReportAcknowledgements", "ReportIdList.Id"): 100,
    }


def test_statuses() -> None:
    assert {wire: f"_{status.value}_" for wire, status in STATUSES.items()} == {
        wire: wire for wire in STATUSES
    }
    unfinished = {wire for wire, status in STATUSES.items() if not status.final}
    assert unfinished == {"_SUBMITTED_", "_IN_PROGRESS_"}
    assert set(ProcessingStatus) - set(STATUSES.values()) == {ProcessingStatus.FATAL}


@pytest.mark.parametrize("wire", SCHEDULES)
def test_schedule_periods_have_the_named_length(wire: str) -> None:
    found = re.fullmatch(r"_(\d+)_(MINUTE|HOUR|DAY|WEEK)S?_", wire)
    if found is None:
        assert (wire, SCHEDULES[wire]) == ("_NEVER_", None)
    else:
        unit = f"{found[2].lower()}s"
        assert SCHEDULES[wire] == timedelta(**{unit: int(found[1])})
