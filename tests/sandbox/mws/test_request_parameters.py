"""The sandbox reads the parameters that the client writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.mws import codec
from tap_mws_reports.api.mws.operations import OPERATIONS, Operation, Parameter, ParameterKind
from tap_mws_reports.sandbox.mws.list_queries import BadParameter, decode_call

VALUES: dict[ParameterKind, object] = {
    ParameterKind.TEXT: "a=b;c d é",
    ParameterKind.BOOLEAN: False,
    ParameterKind.DATE: datetime(2020, 6, 10, 12, 30, 0, 500, tzinfo=UTC),
    ParameterKind.COUNT: 100,
    ParameterKind.LIST: tuple(str(number) for number in range(1, 13)),
}


def full(operation: Operation) -> dict[str, object]:
    return {each.name: VALUES[each.kind] for each in operation.parameters}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_every_operation_decodes_what_it_encodes(operation: Operation) -> None:
    values = full(operation)
    assert decode_call(operation, codec.encode_parameters(operation, values)) == values


@pytest.mark.parametrize(
    ("name", "params", "values"),
    [
        ("GetReportCount", {"Action": "GetReportCount", "Marketplace": "X"}, {}),
        ("GetReportCount", {"Acknowledged": "", "ReportTypes.Type": "T"}, {}),
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
    assert decode_call(OPERATIONS[name], params) == values


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
        *(
            ("CancelReportRequests", {name: "1"}, "InvalidParameterValue", name.rstrip("."))
            for name in (
                "ReportRequestIdList",
                "ReportRequestIdList.Id",
                "ReportRequestIdList.Id.",
                "ReportRequestIdList.1",
                "ReportRequestIdList.id.1",
                "ReportRequestIdList.Id.1.1",
                "ReportRequestIdList[0]",
                "reportRequestIdList.Id.1",
                "ReportTypeList",
                "ReportProcessingStatusList.Status",
            )
        ),
        (
            "UpdateReportAcknowledgements",
            {f"ReportIdList.Id.{number}": "1" for number in range(1, 102)},
            "InvalidParameterValue",
            "ReportIdList.Id",
        ),
    ],
)
def test_decode_call_refuses(name: str, params: dict[str, str], code: str, says: str) -> None:
    with pytest.raises(BadParameter) as caught:
        decode_call(OPERATIONS[name], params)
    assert caught.value.code == code
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("operation", "parameter"),
    [(op, each) for op in OPERATIONS.values() for each in op.parameters if each.required],
    ids=lambda value: value.name,
)
def test_required_parameters_are_required_on_both_sides(
    operation: Operation, parameter: Parameter
) -> None:
    values = full(operation)
    params = codec.encode_parameters(operation, values)
    with pytest.raises(errors.RequestRefused, match=f"{parameter.name}: is required"):
        codec.encode_parameters(operation, {**values, parameter.name: None})
    rest = {
        name: text
        for name, text in params.items()
        if name != parameter.wire and not name.startswith(f"{parameter.wire}.")
    }
    with pytest.raises(BadParameter, match=parameter.wire):
        decode_call(operation, rest)
