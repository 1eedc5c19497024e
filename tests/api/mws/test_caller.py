"""Calls from end to end of the client: what goes out, what is waited for, what is raised."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.mws.signing import sign, string_to_sign

SECRETS = ("AKIDEXAMPLE", "s3cr3t/key", "s3cr3t%2Fkey", "amzn.mws.token")


def test_the_request_is_as_documented(service, transport, answers) -> None:
    transport.script = [answers.good("GetReportRequestCount", count=3)]
    assert service.count_report_requests(report_types=["_GET_ORDERS_DATA_"]) == 3
    [(_, params)], [request] = transport.seen, transport.requests
    assert (request.method, request.url) == (
        "POST",
        "http://127.0.0.1:8000/Reports/2009-01-01",
    )
    text = string_to_sign("POST", "127.0.0.1:8000", "/Reports/2009-01-01", params)
    assert params == {
        "Action": "GetReportRequestCount",
        "Version": "2009-01-01",
        "ReportTypeList.Type.1": "_GET_ORDERS_DATA_",
        "AWSAccessKeyId": "AKIDEXAMPLE",
        "SellerId": "A2SELLER",
        "MWSAuthToken": "amzn.mws.token",
        "SignatureMethod": "HmacSHA256",
        "SignatureVersion": "2",
        "Timestamp": "2020-06-12T11:00:00.000Z",
        "Signature": sign("s3cr3t/key", text),
    }


def test_calls_keep_to_the_quota(service, transport, answers) -> None:
    transport.script = [answers.good("GetReportCount", count=0)]
    for _ in range(12):
        service.count_reports()
    assert transport.seconds == [0.0] * 10 + [45.0, 90.0]


def test_every_operation_has_its_own_budget(service, transport, answers) -> None:
    transport.script = [answers.good("GetReportCount", count=0)]
    for _ in range(10):
        service.count_reports()
    assert {call: service.seconds_until_allowed(call) for call in ThrottledCall} == dict.fromkeys(
        ThrottledCall, 0.0
    )


def test_quota_headers_are_applied(service, transport, answers) -> None:
    headers = {
        "date": "Fri, 12 Jun 2020 11:00:00 GMT",
        "x-mws-quota-max": "80.0",
        "x-mws-quota-remaining": "0.0",
        "x-mws-quota-resetson": "2020-06-12T11:12:00.000Z",
    }
    transport.script = [answers.good("GetReportCount", count=0)]
    transport.script[0].headers.update(headers)
    service.count_reports()
    service.count_reports()
    assert transport.seconds == [0.0, 720.0]


def test_a_retry_is_signed_again(service, transport, answers, clock) -> None:
    transport.script = [
        errors.ConnectionBroken("reset by peer"),
        answers.fault(500, "InternalError"),
        answers.good("GetReportCount", count=1),
    ]
    assert service.count_reports() == 1
    stamps = [params["Timestamp"] for _, params in transport.seen]
    assert len(set(stamps)) == 3
    assert clock.now() - timedelta(seconds=3) <= transport.seen[0][0]


def test_throttled_calls_wait(service, transport, answers) -> None:
    transport.script = [
        answers.fault(503, "RequestThrottled"),
        answers.fault(503, "QuotaExceeded", x_mws_quota_resetson="2020-06-12T11:12:00.000Z"),
        answers.good("GetReportCount", count=1),
    ]
    assert service.count_reports() == 1
    assert transport.seconds == [0.0, 45.0, 720.0]


@pytest.mark.parametrize(
    ("status", "body", "tries", "kind"),
    [
        (200, b"<html><body>Sign in to the hotel</body></html>", 5, errors.HostUnreachable),
        (200, b"", 5, errors.HostUnreachable),
        (200, b"<GetReportCountResponse><GetRep", 5, errors.HostUnreachable),
        (500, b"", 5, errors.ServiceUnavailable),
        (503, b"<html>Back soon</html>", 5, errors.ServiceUnavailable),
        (302, b"", 1, errors.HostUnreachable),
        (403, b"<html>Forbidden by the proxy</html>", 1, errors.HostUnreachable),
        (404, b"not found", 1, errors.HostUnreachable),
    ],
)
def test_responses_of_other_servers_are_errors(
    service, transport, answers, status, body, tries, kind
) -> None:
    good = answers.good("GetReportCount", count=1)
    transport.script = [type(good)(status, {}, body)]
    with pytest.raises(kind) as caught:
        service.count_reports()
    assert type(caught.value) is kind
    assert len(transport.seen) == tries
    assert caught.value.where == "seller A2SELLER, 127.0.0.1:8000, GetReportCount"


def test_an_error_with_a_success_status_is_an_error(service, transport, answers) -> None:
    fault = answers.fault(400, "InvalidReportType")
    transport.script = [type(fault)(200, {}, fault.body)]
    with pytest.raises(errors.RequestRefused):
        service.count_reports()


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "InvalidParameterValue"), (401, "AccessDenied"), (404, "InvalidAddress")],
)
def test_a_4xx_response_is_never_retried(service, transport, answers, status, code) -> None:
    transport.script = [answers.fault(status, code)]
    with pytest.raises(errors.TapError):
        service.count_reports()
    assert len(transport.seen) == 1


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidParameterValue"])
def test_secrets_in_amazons_errors_are_redacted(service, transport, answers, code) -> None:
    quoted = "The canonical string should be AWSAccessKeyId=AKIDEXAMPLE&MWSAuthToken=amzn.mws.token"
    transport.script = [answers.fault(403, code, f"{quoted} s3cr3t/key s3cr3t%2Fkey")]
    with pytest.raises(errors.TapError) as caught:
        service.count_reports()
    shown = f"{caught.value.render()} {caught.value} {caught.value!r}"
    assert "The canonical string should be AWSAccessKeyId=(hidden)" in shown
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    "step",
    [
        errors.ConnectionBroken("name or service not known"),
        errors.HostUnreachable("no secure connection"),
        "html",
        "denied",
        "unavailable",
    ],
)
def test_the_error_says_that_amazons_hosts_are_switched_off(
    make_service, transport, answers, step
) -> None:
    steps = {
        "html": type(answers.fault(400, ""))(200, {}, b"<html>About us</html>"),
        "denied": answers.fault(403, "AccessDenied"),
        "unavailable": answers.fault(503, "ServiceUnavailable"),
    }
    transport.script = [steps.get(step, step) if isinstance(step, str) else step]
    service = make_service("https://mws-eu.amazonservices.com")
    with pytest.raises(errors.TapError) as caught:
        service.count_reports()
    assert "Amazon switched MWS off on 2024-03-31" in caught.value.hint
    assert "`api: sp_api`" in caught.value.hint


def test_an_error_of_another_host_does_not_say_so(service, transport) -> None:
    transport.script = [errors.ConnectionBroken("connection refused")]
    with pytest.raises(errors.HostUnreachable, match="connection refused") as caught:
        service.count_reports()
    assert "2024" not in caught.value.hint
    assert "endpoint_url" in caught.value.hint
