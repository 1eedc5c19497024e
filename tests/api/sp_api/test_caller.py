"""Calls from end to end of the client: what goes out, what is waited for, what is raised."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ReportSpec, ThrottledCall
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.transport import HttpResponse, user_agent

US = "ATVPDKIKX0DER"
SECRETS = (
    "amzn1.app.client",
    "s3cr3t/+key",
    "s3cr3t%2F%2Bkey",
    "Atzr|refresh+token/=",
    "Atzr%7Crefresh%2Btoken%2F%3D",
    "Atza|1",
)
SPEC = ReportSpec(
    "_GET_ORDERS_",
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2024, 3, 2, tzinfo=UTC),
    options=(("custom", "true"), ("alone", "")),
)


def test_the_request_is_as_documented(service, transport, answers) -> None:
    transport.script["createReport"] = [answers.good("createReport", reportId="1019792")]
    requested = service.request_report(SPEC)
    token, request = transport.requests
    assert (token.method, token.url) == ("POST", "https://api.amazon.com/auth/o2/token")
    assert parse_qs(token.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["Atzr|refresh+token/="],
        "client_id": ["amzn1.app.client"],
        "client_secret": ["s3cr3t/+key"],
    }
    assert (request.method, request.url) == (
        "POST",
        "https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports",
    )
    assert request.headers == {
        "User-Agent": user_agent(),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "x-amz-date": "20240310T200000Z",
        "x-amz-access-token": "Atza|1",
    }
    assert json.loads(request.body) == {
        "reportType": "GET_ORDERS_GENERAL",
        "marketplaceIds": [US],
        "dataStartTime": "2024-03-01T00:00:00Z",
        "dataEndTime": "2024-03-02T00:00:00Z",
        "reportOptions": {"custom": "true", "alone": "true"},
    }
    assert (requested.report_request_id, requested.report_type) == ("1019792", "_GET_ORDERS_")


def test_a_query_is_percent_encoded(service, transport, answers) -> None:
    transport.script["getReports"] = [answers.good("getReports", reports=[])]
    since = datetime(2024, 3, 9, tzinfo=UTC)
    list(service.report_requests(report_types=["_GET_ORDERS_", "_A_"], requested_from=since))
    [request] = transport.called("getReports")
    assert (request.method, request.body) == ("GET", b"")
    assert "Content-Type" not in request.headers
    assert urlsplit(request.url).query == (
        "reportTypes=GET_ORDERS_GENERAL,A&pageSize=100&createdSince=2024-03-09T00%3A00%3A00Z"
    )


def test_calls_keep_to_the_usage_plan(service, transport, answers) -> None:
    transport.script["createReport"] = [answers.good("createReport", reportId="1")]
    for _ in range(17):
        service.request_report(SPEC)
    expected = [*([0.0] * 15), 59.88, 119.76]
    assert transport.seconds("createReport") == pytest.approx(expected, abs=0.01)
    assert service.seconds_until_allowed(ThrottledCall.REQUEST) == pytest.approx(59.88, abs=0.01)
    assert (
        service.seconds_until_allowed(ThrottledCall.POLL)
        == service.seconds_until_allowed(ThrottledCall.DOWNLOAD)
        == 0.0
    )
    assert service.moments(ThrottledCall.POLL, 17) == [0.0] * 15 + [0.5, 1.0]


def test_calls_of_other_programs_count(service, clock) -> None:
    service.spent(ThrottledCall.REQUEST, [clock.now()] * 15)
    assert service.seconds_until_allowed(ThrottledCall.REQUEST) == pytest.approx(59.88, abs=0.01)


def test_the_rate_header_is_applied(service, transport, answers) -> None:
    slow = replace(answers.report(), headers={"x-amzn-ratelimit-limit": "0.5"})
    transport.script["getReport"] = [slow]
    list(service.report_requests(ids=["1"] * 16))
    assert transport.seconds("getReport") == [0.0] * 15 + [2.0]


@pytest.mark.parametrize("rate", ["", "0", "0.0", "-1", "fast"])
def test_an_invalid_rate_is_ignored(service, transport, answers, rate: str) -> None:
    transport.script["getReport"] = [
        replace(answers.report(), headers={"x-amzn-ratelimit-limit": rate})
    ]
    list(service.report_requests(ids=["1"] * 16))
    assert transport.seconds("getReport") == [0.0] * 15 + [0.5]


def test_the_caller_waits_for_an_exhausted_quota(service, transport, answers) -> None:
    listed = answers.good("getReports", reports=[])
    transport.script["getReports"] = [answers.throttled(), answers.throttled(), listed]
    assert list(service.report_requests(report_types=["_A_"])) == []
    assert transport.seconds("getReports") == pytest.approx([0.0, 45.045, 90.09], abs=0.01)


def test_a_server_error_is_retried(service, transport, answers) -> None:
    script = [answers.fault(500, "InternalFailure"), errors.ConnectionBroken("h"), answers.report()]
    transport.script["getReport"] = script
    assert len(list(service.report_requests(ids=["1"]))) == 1


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (HttpResponse(503, {}, b""), errors.ServiceUnavailable),
        (errors.ConnectionBroken("h: reset"), errors.HostUnreachable),
        (HttpResponse(200, {}, b"<html>Sign in</html>"), errors.HostUnreachable),
        (HttpResponse(200, {}, b'{"reportId": "1"}'), errors.HostUnreachable),
        (HttpResponse(302, {"location": "https://evil.example/"}, b""), errors.HostUnreachable),
        (HttpResponse(403, {}, b"<html>Forbidden</html>"), errors.HostUnreachable),
    ],
)
def test_errors_are_raised(service, transport, step, kind) -> None:
    transport.script["getReport"] = [step]
    with pytest.raises(kind) as caught:
        list(service.report_requests(ids=["1"]))
    assert "seller A2SELLER" in caught.value.where
    assert "getReport, reportId 1" in caught.value.where
    hosts = {urlsplit(request.url).hostname for request in transport.requests}
    assert hosts == {"api.amazon.com", "sellingpartnerapi-na.amazon.com"}


def test_an_expired_token_is_renewed(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.denied(), answers.report()]
    list(service.report_requests(ids=["1"]))
    assert transport.names == ["token", "getReport", "token", "getReport"]
    sent = [request.headers["x-amz-access-token"] for request in transport.called("getReport")]
    assert sent == ["Atza|1", "Atza|2"]


def test_a_rejected_seller_ends_the_run(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.denied()]
    with pytest.raises(errors.CredentialsError, match="revoked, malformed") as caught:
        list(service.report_requests(ids=["1"]))
    assert "region of marketplace_ids" in caught.value.hint
    assert transport.names == ["token", "getReport", "token", "getReport"]


def test_a_denied_type_fails_alone(service, transport, answers) -> None:
    transport.script["getReport"] = [answers.report()]
    list(service.report_requests(ids=["1"]))
    denied = "Access to requested resource is denied."
    transport.script["createReport"] = [answers.fault(403, "Unauthorized", denied)]
    with pytest.raises(errors.ReportTypeRefused) as caught:
        service.request_report(replace(SPEC, report_type="_GET_LABELS_"))
    assert "Direct to Consumer Shipping" in caught.value.hint


def test_a_type_denied_at_first_does_not_reject_the_seller(service, transport, answers) -> None:
    denied = "Access to requested resource is denied."
    transport.script["createReport"] = [answers.fault(403, "Unauthorized", denied)]
    with pytest.raises(errors.ReportTypeRefused):
        service.request_report(SPEC)
    # A login tells that the seller has not revoked the application. It is made once.
    assert transport.names == ["token", "createReport", "token", "createReport"]
    with pytest.raises(errors.ReportTypeRefused):
        service.request_report(replace(SPEC, report_type="_GET_LABELS_"))
    assert transport.names[4:] == ["createReport"]


def test_an_expired_client_secret_is_about_the_application(service, transport, answers) -> None:
    denied, details = (
        "Access to requested resource is denied.",
        "The LWA secret token you provided has expired.",
    )
    transport.script["getReport"] = [answers.report()]
    list(service.report_requests(ids=["1"]))
    transport.script["createReport"] = [answers.fault(403, "Unauthorized", denied, details)]
    with pytest.raises(errors.ApplicationRefused) as caught:
        service.request_report(SPEC)
    assert "rotate the client secret" in caught.value.hint
    assert transport.names == ["token", "getReport", "createReport"]


def test_a_missing_role_is_named_without_renewing_the_token(service, transport, answers) -> None:
    message = "Access to the resource is forbidden"
    transport.script["createReport"] = [answers.fault(403, "Unauthorized", message)]
    with pytest.raises(errors.RequestRefused) as caught:
        service.request_report(replace(SPEC, report_type="_GET_LABELS_"))
    assert "lacks the role Direct to Consumer Shipping (Restricted)" in caught.value.hint
    assert "report type GET_ORDER_REPORT_DATA_SHIPPING" in caught.value.where
    assert transport.names == ["token", "createReport"]


def test_another_endpoint_issues_tokens_itself(make_service, transport, answers) -> None:
    transport.script["getReport"] = [answers.report()]
    list(make_service(Endpoint.at("http://127.0.0.1:8000/")).report_requests(ids=["1"]))
    assert [request.url for request in transport.requests] == [
        "http://127.0.0.1:8000/auth/o2/token",
        "http://127.0.0.1:8000/reports/2021-06-30/reports/1",
    ]


@pytest.mark.parametrize(
    "step",
    [
        *(HttpResponse(status, {}, " ".join(SECRETS).encode()) for status in (400, 403, 500)),
        HttpResponse(200, {}, json.dumps({"reportId": list(SECRETS)}).encode()),
        HttpResponse(
            400,
            {},
            json.dumps(
                {"errors": [{"code": "E", "message": " ".join(SECRETS), "details": SECRETS[1]}]}
            ).encode(),
        ),
    ],
)
def test_no_secret_is_logged(service, transport, caplog, step) -> None:
    caplog.set_level(logging.DEBUG)
    transport.script["createReport"] = transport.script["getReports"] = [step]
    with pytest.raises(errors.TapError) as caught:
        service.request_report(SPEC)
    error: BaseException | None = caught.value
    told = [caplog.text]
    while error is not None:
        told += [repr(error), str(error), getattr(error, "hint", "")]
        error = error.__cause__
    assert not [secret for secret in SECRETS for text in told if secret in text]
