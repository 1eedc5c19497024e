from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.mws import wire
from tap_mws_reports.api.mws.operations import OPERATIONS, Kind, Operation, Parameter

VALUES: dict[Kind, object] = {
    Kind.TEXT: "a=b;c d é",
    Kind.BOOLEAN: False,
    Kind.DATE: datetime(2020, 6, 10, 12, 30, 0, 500, tzinfo=UTC),
    Kind.COUNT: 100,
    Kind.LIST: tuple(str(number) for number in range(1, 13)),
}


def full(operation: Operation) -> dict[str, object]:
    return {each.name: VALUES[each.kind] for each in operation.parameters}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_every_operation_reads_what_it_writes(operation: Operation) -> None:
    values = full(operation)
    assert wire.decode_call(operation, wire.encode(operation, values)) == values


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
    assert wire.encode(OPERATIONS[name], values) == params


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
        wire.encode(OPERATIONS[name], values)
    assert says in caught.value.what
    assert OPERATIONS[name].page in caught.value.hint


@pytest.mark.parametrize(
    ("name", "params", "values"),
    [
        ("GetReportCount", {"Action": "GetReportCount", "Marketplace": "X"}, {}),
        ("GetReportCount", {"Acknowledged": "", "ReportTypeList.Type": "T"}, {}),
        (
            "GetReportList",
            {
                "ReportTypeList.Type.10": "c",
                "ReportTypeList.Type.2": "b",
                "ReportTypeList.Type.1": "a",
            },
            {"report_types": ("a", "b", "c")},
        ),
        (
            "GetReportList",
            {"AvailableFromDate": "2020-06-10T02:00:00+02:00"},
            {"available_from_date": datetime(2020, 6, 10, tzinfo=UTC)},
        ),
    ],
)
def test_decode_call(name: str, params: dict[str, str], values: dict[str, object]) -> None:
    assert wire.decode_call(OPERATIONS[name], params) == values


@pytest.mark.parametrize(
    ("name", "params", "code", "says"),
    [
        ("GetReport", {}, "MissingParameter", "ReportId"),
        ("GetReport", {"ReportId": ""}, "MissingParameter", "ReportId"),
        ("UpdateReportAcknowledgements", {}, "MissingParameter", "ReportIdList.Id"),
        ("GetReportList", {"MaxCount": "101"}, "InvalidParameterValue", "MaxCount"),
        ("GetReportList", {"MaxCount": "0"}, "InvalidParameterValue", "MaxCount"),
        ("GetReportList", {"MaxCount": "ten"}, "InvalidParameterValue", "MaxCount"),
        ("GetReportList", {"Acknowledged": "ja"}, "InvalidParameterValue", "Acknowledged"),
        ("GetReportList", {"AvailableToDate": "soon"}, "InvalidParameterValue", "AvailableToDate"),
        ("GetReportList", {"ReportTypeList.Type.x": "T"}, "InvalidParameterValue", "Type"),
        (
            "UpdateReportAcknowledgements",
            {f"ReportIdList.Id.{number}": "1" for number in range(1, 102)},
            "InvalidParameterValue",
            "ReportIdList.Id",
        ),
    ],
)
def test_decode_call_refuses(name: str, params: dict[str, str], code: str, says: str) -> None:
    with pytest.raises(wire.BadParameter) as caught:
        wire.decode_call(OPERATIONS[name], params)
    assert caught.value.code == code
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("operation", "parameter"),
    [(op, each) for op in OPERATIONS.values() for each in op.parameters if each.required],
    ids=lambda value: value.name,
)
def test_what_is_required_is_required_on_both_ends(
    operation: Operation, parameter: Parameter
) -> None:
    values = full(operation)
    params = wire.encode(operation, values)
    with pytest.raises(errors.RequestRefused, match=f"{parameter.name}: is required"):
        wire.encode(operation, {**values, parameter.name: None})
    rest = {
        name: text
        for name, text in params.items()
        if name != parameter.wire and not name.startswith(f"{parameter.wire}.")
    }
    with pytest.raises(wire.BadParameter, match=parameter.wire):
        wire.decode_call(operation, rest)
