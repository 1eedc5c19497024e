from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.codec import encode_request
from tap_mws_reports.api.sp_api.operations import OPERATIONS

REPORT = {"reportType": "GET_A", "marketplaceIds": ["M"]}
ARN = "arn:aws:sqs:us-east-1:123456789012:reports"


@pytest.mark.parametrize(
    ("name", "values", "target"),
    [
        ("getReport", {"reportId": "1"}, "/reports/2021-06-30/reports/1"),
        ("getReport", {"reportId": "a/b?c d"}, "/reports/2021-06-30/reports/a%2Fb%3Fc%20d"),
        ("getReports", {"nextToken": "a+b/c="},
         "/reports/2021-06-30/reports?nextToken=a%2Bb%2Fc%3D"),
        ("getReports", {"reportTypes": ("A", "B"), "processingStatuses": [], "pageSize": 100},
         "/reports/2021-06-30/reports?reportTypes=A,B&pageSize=100"),
        ("getReportDocument", {"reportDocumentId": "d", "enableContentEncodingUrlHeader": True},
         "/reports/2021-06-30/documents/d?enableContentEncodingUrlHeader=true"),
        ("getSubscription", {"notificationType": "REPORT_PROCESSING_FINISHED"},
         "/notifications/v1/subscriptions/REPORT_PROCESSING_FINISHED"),
    ],
)  # fmt: skip
def test_targets(name: str, values: dict[str, object], target: str) -> None:
    call = encode_request(OPERATIONS[name], values)
    assert (call.target, call.body) == (target, b"")


@pytest.mark.parametrize(
    ("name", "values", "body"),
    [
        ("createReport", {**REPORT, "dataStartTime": None, "reportOptions": {}}, REPORT),
        (
            "createReport",
            {**REPORT, "dataEndTime": datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
            {**REPORT, "dataEndTime": "2024-03-01T00:00:00Z"},
        ),
        (
            "createDestination",
            {"name": "n", "resourceSpecification": {"sqs": {"arn": ARN}}},
            {"name": "n", "resourceSpecification": {"sqs": {"arn": ARN}}},
        ),
        (
            "createRestrictedDataToken",
            {"restrictedResources": [{"method": "GET", "path": "/x", "dataElements": ["a"]}]},
            {"restrictedResources": [{"method": "GET", "path": "/x", "dataElements": ["a"]}]},
        ),
    ],
)
def test_bodies(name: str, values: dict[str, object], body: object) -> None:
    assert json.loads(encode_request(OPERATIONS[name], values).body) == body


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("createReport", {"reportType": "A"}, "marketplaceIds: is required"),
        ("createReport", {"reportType": "", "marketplaceIds": ["M"]}, "reportType: is required"),
        ("createReport", {**REPORT, "custom": "true"}, "no parameter named custom"),
        ("createReport", {**REPORT, "marketplaceIds": "M"}, "'M' is not a list"),
        ("createReport", {**REPORT, "marketplaceIds": [1]}, "is not a list"),
        ("createReport", {**REPORT, "marketplaceIds": ["M"] * 26}, "26 is not between 1 and 25"),
        ("createReport", {**REPORT, "reportOptions": {"custom": True}}, "is not a map"),
        ("createReport", {**REPORT, "dataEndTime": "2024-03-01"}, "is not a date"),
        ("createReport", {**REPORT, "dataEndTime": datetime(2024, 3, 1)}, "is not a date"),  # noqa: DTZ001
        ("getReports", {"reportTypes": ["A"] * 11}, "11 is not between 1 and 10"),
        ("getReports", {"reportTypes": ["A"], "pageSize": 101}, "101 is not between 1 and 100"),
        ("getReports", {"reportTypes": ["A"], "processingStatuses": ["GONE"]}, "not allowed"),
        ("createReportSchedule", {**REPORT, "period": "P84D"}, "'P84D' is not allowed"),
        ("createDestination", {"name": "n", "resourceSpecification": {"sqs": {"arn": "queue"}}},
         "'queue' is not allowed"),
        ("createDestination", {"name": "n", "resourceSpecification": {"sqs": {"arn": ARN + "x" *
         1000}}}, "1042 is not between 0 and 1000"),
        ("createRestrictedDataToken", {"restrictedResources": [{"method": "PATCH", "path": "/"}]},
         "'PATCH' is not allowed"),
        ("createRestrictedDataToken", {"restrictedResources": [{"method": "GET"}]},
         "path: is required"),
        ("getReport", {}, "reportId: is required"),
    ],
)  # fmt: skip
def test_an_invalid_request_is_not_sent(name: str, values: dict[str, object], words: str) -> None:
    with pytest.raises(errors.RequestRefused) as caught:
        encode_request(OPERATIONS[name], values)
    assert caught.value.what.startswith(f"{name}: ")
    assert words in caught.value.what
    assert caught.value.hint == f"see {OPERATIONS[name].source}"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_date_can_be_written(moment: datetime) -> None:
    body = encode_request(OPERATIONS["createReport"], {**REPORT, "dataEndTime": moment}).body
    assert datetime.fromisoformat(json.loads(body)["dataEndTime"]) == moment.replace(microsecond=0)
