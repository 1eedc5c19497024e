"""The client reads the answers and errors that the sandbox writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from tap_mws_reports.api.mws import codec
from tap_mws_reports.api.mws.operations import (
    OPERATIONS,
    REPORTS,
    Operation,
    ParameterKind,
    Section,
)
from tap_mws_reports.api.mws.subscription_operations import SUBSCRIPTIONS
from tap_mws_reports.sandbox.mws.rendering import ErrorResult, render, render_error

VALUES: dict[ParameterKind, object] = {
    ParameterKind.TEXT: "a <text> & é",
    ParameterKind.BOOLEAN: True,
    ParameterKind.DATE: datetime(2020, 8, 26, 10, tzinfo=UTC),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_every_operation_renders_what_is_decoded(operation: Operation) -> None:
    result = operation.result
    items: list[dict[str, object]] = []
    if result.item is not None:
        items = [{field.name: VALUES[field.kind] for field in result.item.fields}]
    answer = codec.Response(
        items=tuple(items),
        count=7 if result.count else None,
        has_next=result.has_next,
        next_token="to+ken/==" if result.has_next else None,
        request_id="00000000-0000-4000-8000-000000000001",
    )
    assert codec.decode_response(operation, render(operation, answer)) == answer


def test_rendered_responses_have_amazons_format() -> None:
    answer = codec.Response(count=3, request_id="00000000-0000-4000-8000-000000000004")
    assert render(OPERATIONS["GetReportRequestCount"], answer).decode() == (
        '<?xml version="1.0"?>\n'
        '<GetReportRequestCountResponse xmlns="http://mws.amazonaws.com/doc/2009-01-01/">\n'
        "  <GetReportRequestCountResult>\n"
        "    <Count>3</Count>\n"
        "  </GetReportRequestCountResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>00000000-0000-4000-8000-000000000004</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetReportRequestCountResponse>\n"
    )


def test_rendered_dates_are_whole_seconds_with_an_offset() -> None:
    item: dict[str, object] = {
        "report_type": "_GET_ORDERS_DATA_",
        "schedule": "_1_HOUR_",
        "scheduled_date": datetime(2020, 8, 26, 11, 0, 0, 999, tzinfo=UTC),
    }
    body = render(OPERATIONS["GetReportScheduleList"], codec.Response(items=(item,)))
    assert b"<ScheduledDate>2020-08-26T11:00:00+00:00</ScheduledDate>" in body


def test_characters_forbidden_in_xml_are_replaced() -> None:
    answer = codec.Response(has_next=True, next_token="a\x00b\ufffec", request_id="1")
    body = render(OPERATIONS["GetReportList"], answer)
    assert "<NextToken>a\ufffdb\ufffdc</NextToken>" in body.decode()


@pytest.mark.parametrize("kind", ["Sender", ""])
@pytest.mark.parametrize(
    ("section", "front_door", "namespace"),
    [
        (REPORTS, False, "http://mws.amazonaws.com/doc/2009-01-01/"),
        (REPORTS, True, "http://mws.amazonaws.com/doc/2009-01-01/"),
        (SUBSCRIPTIONS, False, SUBSCRIPTIONS.namespace),
        (SUBSCRIPTIONS, True, "https://mws.amazonservices.com/Subscriptions/2013-07-01"),
        (None, True, "https://mws.amazonservices.com/"),
    ],
)
def test_rendered_errors_are_decoded(
    section: Section | None, *, front_door: bool, namespace: str, kind: str
) -> None:
    fault = codec.ErrorResponse(403, "AccessDenied", "No <entry>", kind, "some-id", "a detail")
    body = render_error(fault, front_door=front_door, section=section)
    assert codec.decode_error(403, {}, body) == fault
    assert (b"<RequestID>some-id</RequestID>" in body) is front_door
    assert etree.fromstring(body).tag == f"{{{namespace}}}ErrorResponse"


def test_the_type_of_an_exceeded_quota_may_be_empty() -> None:
    answers = [ErrorResult("QuotaExceeded", "").answer(str(number)).type for number in range(20)]
    assert set(answers) == {"", "Sender"}
    again = [ErrorResult("QuotaExceeded", "").answer(str(number)).type for number in range(20)]
    assert answers == again


def order_of(request_id: str) -> tuple[list[str], list[str]]:
    """Return the elements of a list's answer, and those of its items."""
    item: dict[str, object] = {
        field.name: VALUES[field.kind] for field in OPERATIONS["GetReportList"].result.item.fields
    }
    answer = codec.Response(items=(item, item), request_id=request_id)
    (result, _metadata) = etree.fromstring(render(OPERATIONS["GetReportList"], answer))
    names = [etree.QName(element).localname for element in result]
    first, second = ([each.tag for each in found] for found in result.iter("{*}ReportInfo"))
    assert first == second
    return names, first


def test_the_order_of_elements_varies_between_responses() -> None:
    orders = [order_of(str(number)) for number in range(20)]
    assert {names[0] for names, _ in orders} == {"HasNext", "ReportInfo"}
    assert len({tuple(fields) for _, fields in orders}) > 10
    assert orders == [order_of(str(number)) for number in range(20)]
