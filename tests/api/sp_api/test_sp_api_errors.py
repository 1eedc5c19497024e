"""Known answers of the live service, row by row, and the error that the user gets."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.sp_api_errors import (
    TABLE,
    ErrorResponse,
    decode_error,
    error_for,
    may_have_expired,
    role_for,
)

INVALID = "InvalidInput"
MISSING = "One or more required parameters missing"
DENIED = "Access to requested resource is denied."
FILTERS = "createdUntil;createdSince;pageSize;marketplaceIds;processingStatuses;reportTypes;"

# Status, code, message, details; the error and what its hint says.
SEEN = [
    (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", "",
     errors.Throttled, ""),
    (400, INVALID, MISSING, "marketplaceIds;reportType;", errors.RequestRefused, "marketplace_ids"),
    (400, INVALID, MISSING, "reportTypes;", errors.RequestRefused, "marketplace_ids"),
    (400, INVALID, "NextToken cannot be specified with other input parameters", FILTERS,
     errors.RequestRefused, "token alone"),
    (400, INVALID, None, None, errors.RequestRefused, "check the settings"),
    (400, INVALID, "Request for report type 1118 is not allowed at this time", "",
     errors.ReportTypeRefused, "generates the reports"),
    (400, INVALID, "Creation of report schedule type 47700 is not allowed at this time", "",
     errors.RequestRefused, "no schedules"),
    (400, INVALID, "dataStartTime is after dataEndTime", "", errors.RequestRefused, "start_date"),
    (400, INVALID, "Invalid request body: [instance type (boolean) does not match any allowed "
     'primitive type (allowed: ["string"])]', None, errors.RequestRefused, "options"),
    (400, INVALID, "Invalid reportDocumentId", "", errors.RequestRefused, "30 to 90 days"),
    (400, INVALID, "Invalid or unsupported document ID found", "",
     errors.RequestRefused, "does not restrict"),
    (400, INVALID, "Application do not have access to some or all requested resource", "",
     errors.ReportTypeRefused, "the role Tax Invoicing (Restricted)"),
    (403, "Unauthorized", "Access to the resource is forbidden", "",
     errors.ReportTypeRefused, "the role Tax Invoicing (Restricted)"),
    (403, "Unauthorized", DENIED, "The access token you provided is revoked, malformed or "
     "invalid.", errors.CredentialsError, "refresh_token"),
    (403, "Unauthorized", DENIED, "", errors.ReportTypeRefused, "the role Tax Invoicing"),
    (403, "Unauthorized", DENIED, "No such marketplace.", errors.ReportTypeRefused,
     "marketplace_ids"),
    (401, "Unauthorized", DENIED, "", errors.CredentialsError, "refresh_token"),
    (403, "InvalidSignature", "No.", "", errors.CredentialsError, "refresh_token"),
    (404, "NotFound", "No such report.", "", errors.RequestRefused, "90 days"),
    (409, "Conflict", "It is there.", "", errors.RequestRefused, "already"),
    (413, "TooLarge", "Too much.", "", errors.RequestRefused, "check the settings"),
    (415, "Unsupported", "No JSON.", "", errors.RequestRefused, "check the settings"),
    (418, "Teapot", "No.", "", errors.RequestRefused, ""),
    (500, "InternalFailure", "We failed.", "", errors.ServiceUnavailable, "later"),
    (503, "ServiceUnavailable", "We rest.", "", errors.ServiceUnavailable, "later"),
]  # fmt: skip


def told(status: int, code: str, message: str | None, details: str | None) -> ErrorResponse:
    body = {"errors": [{"code": code, "message": message, "details": details}]}
    return decode_error(status, {"x-amzn-requestid": "some-id"}, json.dumps(body).encode())


@pytest.mark.parametrize(("status", "code", "message", "details", "kind", "hint"), SEEN)
def test_every_row(status, code, message, details, kind, hint) -> None:
    error = error_for(
        told(status, code, message, details),
        operation="createReport",
        where="seller A2SELLER",
        report_type="GET_ORDER_REPORT_DATA_INVOICING",
    )
    assert type(error) is kind
    assert hint in error.hint
    words = ": ".join(filter(None, (message, details)))
    assert error.what.startswith(f"createReport: Amazon answered {status} {code}")
    assert words in error.what
    assert (error.amazon_code, error.request_id) == (code, "some-id")


RECORDED = tomllib.loads(Path(__file__).with_name("recorded_refusals.toml").read_text("utf-8"))


@pytest.mark.parametrize("recorded", RECORDED["refusal"], ids=lambda each: each["name"])
def test_every_recorded_refusal(recorded) -> None:
    fault = decode_error(recorded["status"], {}, recorded["body"].encode())
    report_type = recorded.get("report_type", "")
    error = error_for(fault, operation="createReport", where="here", report_type=report_type)
    assert (type(error).__name__, error.scope) == (recorded["error"], recorded["scope"])
    assert [words for words in recorded["hint"] if words not in error.hint] == []
    assert may_have_expired(fault) == recorded["new_token"]


def test_every_row_is_reached() -> None:
    faults = [
        (told(status, code, message, details), "") for status, code, message, details, _, _ in SEEN
    ]
    faults += [
        (decode_error(each["status"], {}, each["body"].encode()), each.get("report_type", ""))
        for each in RECORDED["refusal"]
    ]
    met = {
        next((pattern for pattern, _ in TABLE if pattern.match(fault, report_type)), None)
        for fault, report_type in faults
    }
    assert {pattern for pattern, _ in TABLE} <= met


@pytest.mark.parametrize("status", [401, 403])
def test_a_denial_of_a_valid_token_concerns_the_call(status: int) -> None:
    error = error_for(
        told(status, "Unknown", DENIED, ""),
        operation="createReport",
        where="",
        report_type="GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT",
        token_was_good=True,
    )
    assert type(error) is errors.RequestRefused
    assert "the role Brand Analytics" in error.hint


@pytest.mark.parametrize(
    ("status", "body", "kind", "what"),
    [
        (200, b"", errors.HostUnreachable, "HTTP 200"),
        (302, b"", errors.HostUnreachable, "another address, which is not followed"),
        (403, b"<html>", errors.HostUnreachable, "HTTP 403"),
        (404, b'{"message": "no Route matched"}', errors.HostUnreachable, "HTTP 404"),
        (429, b"", errors.Throttled, "HTTP 429"),
        (502, b"<html>", errors.ServiceUnavailable, "HTTP 502"),
    ],
)
def test_responses_of_other_hosts(status, body, kind, what) -> None:
    error = error_for(decode_error(status, {}, body), operation="getReport", where="here")
    assert type(error) is kind
    assert what in error.what


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'"text"', b'{"errors": []}', b'{"errors": [1]}', b'{"errors": {}}',
     b'{"errors": [{"code": 1, "message": [], "details": {}}]}', b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_success_is_no_error(body: bytes) -> None:
    assert decode_error(400, {}, body) == ErrorResponse(400)


def test_messages_are_one_line_without_repetition() -> None:
    assert ErrorResponse(400, "E", "Invalid\ninput", "Invalid input").words == "Invalid input"
    assert ErrorResponse(400, "E", "Invalid input", " name ").words == "Invalid input: name"


@pytest.mark.parametrize(
    ("report_type", "role"),
    [
        ("GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING", "the role Direct to Consumer Shipping (Res"),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX", "the role Tax Remittance (Restricted)"),
        ("GET_FBA_REIMBURSEMENTS_DATA", "one of the roles Amazon Fulfillment or Pricing"),
        ("GET_NEW_DATA", "the role that Amazon's page of the report type names"),
        ("", "the role that Amazon's page of the report type names"),
    ],
)
def test_roles(report_type: str, role: str) -> None:
    assert role_for(report_type).startswith(role)
