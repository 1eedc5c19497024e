from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.mws import codec
from tap_mws_reports.api.mws.operations import OPERATIONS


@pytest.mark.parametrize(
    ("name", "values", "params"),
    [
        (
            "RequestReport",
            {
                "report_type": "_GET_ORDERS_DATA_",
                "start_date": datetime(2020, 6, 10, tzinfo=UTC),
                "end_date": datetime(2020, 6, 10, tzinfo=timezone(timedelta(hours=-7))),
                "report_options": "ShowSalesChannel=true",
                "marketplace_ids": ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"],
            },
            {
                "ReportType": "_GET_ORDERS_DATA_",
                "StartDate": "2020-06-10T00:00:00Z",
                "EndDate": "2020-06-10T07:00:00Z",
                "ReportOptions": "ShowSalesChannel=true",
                "MarketplaceIdList.Id.1": "A1PA6795UKMFR9",
                "MarketplaceIdList.Id.2": "A13V1IB3VIYZZH",
            },
        ),
        (
            "GetReportRequestList",
            {"max_count": 100, "processing_statuses": ("_DONE_",), "report_types": ()},
            {"MaxCount": "100", "ReportProcessingStatusList.Status.1": "_DONE_"},
        ),
        ("GetReportList", {"acknowledged": False, "max_count": None}, {"Acknowledged": "false"}),
        (
            "UpdateReportAcknowledgements",
            {"report_ids": ["21175694446018424"]},
            {"ReportIdList.Id.1": "21175694446018424"},
        ),
        (
            "ManageReportSchedule",
            {"report_type": "T", "schedule": "_NEVER_"},
            {"ReportType": "T", "Schedule": "_NEVER_"},
        ),
        ("GetReportCount", {}, {}),
    ],
)
def test_encode(name: str, values: dict[str, object], params: dict[str, str]) -> None:
    assert codec.encode_parameters(OPERATIONS[name], values) == params


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("RequestReport", {}, "report_type: is required"),
        ("RequestReport", {"report_type": ""}, "report_type: is required"),
        ("UpdateReportAcknowledgements", {"report_ids": []}, "report_ids: is required"),
        ("GetReportList", {"max_count": 101}, "101 is not between 1 and 100"),
        ("GetReportList", {"max_count": 0}, "0 is not between 1 and 100"),
        ("GetReportList", {"max_count": "9"}, "'9' is not a count"),
        ("GetReportList", {"report_types": "T"}, "'T' is not a list"),
        ("GetReportList", {"report_types": [1]}, "1 is not a text"),
        ("GetReportList", {"acknowledged": "false"}, "'false' is not a boolean"),
        ("GetReportList", {"available_from_date": "2020-01-01"}, "is not a date"),
        (
            "GetReportList",
            {"available_from_date": datetime(2020, 1, 1)},  # noqa: DTZ001
            "has no time zone",
        ),
        (
            "UpdateReportAcknowledgements",
            {"report_ids": ["1"] * 101},
            "101 values, at most 100 are allowed",
        ),
        ("GetReport", {"report_id": "1", "max_count": 1}, "no parameter named max_count"),
    ],
)
def test_encode_refuses(name: str, values: dict[str, object], says: str) -> None:
    with pytest.raises(errors.RequestRefused) as caught:
        codec.encode_parameters(OPERATIONS[name], values)
    assert says in caught.value.what
    assert OPERATIONS[name].page in caught.value.hint
