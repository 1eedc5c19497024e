from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.mws.codec import ErrorResponse
from tap_mws_reports.api.mws.mws_errors import CODES, error_for

NOW = datetime(2020, 6, 12, 12, 0, tzinfo=UTC)
STATUS_OF = {"AccessDenied": 401, "AccessToReportDenied": 401, "InvalidAddress": 404}


def refused(
    status: int, code: str = "", message: str = "Amazon's words.", **headers: str
) -> errors.TapError:
    fault = ErrorResponse(status, code, message, request_id="some-id")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_for(fault, sent, operation="GetReportList", where="seller A", now=NOW)


@pytest.mark.rows("code", CODES)
def test_every_row(code: str) -> None:
    error = refused(STATUS_OF.get(code, 400), code)
    assert isinstance(error, CODES[code].kind)
    assert error.amazon_code == code
    assert error.request_id == "some-id"
    assert f"GetReportList: Amazon answered {STATUS_OF.get(code, 400)} {code}" in error.what
    assert "Amazon's words." in error.what
    assert isinstance(error, errors.Throttled) or (error.hint and error.where == "seller A")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "InvalidAccessKeyId", errors.CredentialsError),
        (403, "SignatureDoesNotMatch", errors.CredentialsError),
        (401, "AccessDenied", errors.CredentialsError),
        (403, "MissingClientTokenId", errors.CredentialsError),
        (403, "OtherWordsForNo", errors.CredentialsError),
        (401, "AccessToReportDenied", errors.RequestRefused),
        (404, "InvalidAddress", errors.HostUnreachable),
        (400, "InvalidReportRequestId", errors.RequestRefused),
        (400, "NextTokenCorrupted", errors.RequestRefused),
        (400, "SomethingNew", errors.RequestRefused),
        (418, "SomethingNew", errors.RequestRefused),
        (500, "InternalError", errors.ServiceUnavailable),
        (503, "ServiceUnavailable", errors.ServiceUnavailable),
        (500, "", errors.ServiceUnavailable),
        (502, "", errors.ServiceUnavailable),
        (503, "", errors.ServiceUnavailable),
        (503, "RequestThrottled", errors.Throttled),
        (503, "QuotaExceeded", errors.Throttled),
        (400, "RequestThrottled", errors.Throttled),
        (429, "", errors.Throttled),
        (200, "", errors.HostUnreachable),
        (302, "", errors.HostUnreachable),
        (400, "", errors.HostUnreachable),
        (403, "", errors.HostUnreachable),
        (404, "", errors.HostUnreachable),
    ],
)
def test_the_error_class_of_each_code(status: int, code: str, kind: type[errors.TapError]) -> None:
    assert type(refused(status, code)) is kind


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("InvalidAccessKeyId", "aws_access_key_id"),
        ("SignatureDoesNotMatch", "aws_secret_access_key"),
        ("AccessDenied", "mws_auth_token"),
        ("AccessDenied", "seller_id"),
        ("MissingClientTokenId", "aws_access_key_id"),
        ("InvalidAddress", "endpoint_url"),
    ],
)
def test_the_setting_is_named(code: str, setting: str) -> None:
    assert setting in refused(403, code).hint


@pytest.mark.parametrize(
    ("code", "message", "headers", "sentence"),
    [
        (
            "RequestExpired",
            "Too old.",
            {"date": "Fri, 12 Jun 2020 11:40:00 GMT"},
            "this machine's clock is 1200 seconds ahead of Amazon's",
        ),
        (
            "InvalidParameterValue",
            "Value for parameter Timestamp is invalid. Reason: expired.",
            {
                "x_mws_timestamp": "2020-06-12T12:20:00.000Z",
                "date": "Mon, 01 Jan 2001 00:00:00 GMT",
            },
            "this machine's clock is 1200 seconds behind Amazon's",
        ),
        ("RequestExpired", "Too old.", {}, "this machine's clock is more than 15 minutes off"),
    ],
)
def test_a_wrong_clock_is_named(
    code: str, message: str, headers: dict[str, str], sentence: str
) -> None:
    error = refused(400, code, message, **headers)
    assert isinstance(error, errors.CredentialsError)
    assert sentence in error.what
    assert error.hint == "set this machine's clock"


def test_another_invalid_value_does_not_blame_the_clock() -> None:
    error = refused(400, "InvalidParameterValue", "MarketplaceIdList is wrong")
    assert isinstance(error, errors.RequestRefused)
    assert "clock" not in str(error)


@pytest.mark.parametrize(
    ("code", "message", "headers", "seconds"),
    [
        ("RequestThrottled", "", {}, None),
        ("RequestThrottled", "", {"x_mws_quota_resetson": "2020-06-12T12:12:00.000Z"}, None),
        ("RequestThrottled", "", {"retry_after": "7"}, 7.0),
        ("QuotaExceeded", "", {"x_mws_quota_resetson": "2020-06-12T12:12:00.000Z"}, 720.0),
        (
            "QuotaExceeded",
            "The quota of 60 for Reports is exceeded until Fri Jun 12 12:30:00 UTC 2020.",
            {},
            1800.0,
        ),
        ("QuotaExceeded", "", {"x_mws_quota_resetson": "2020-06-12T11:12:00.000Z"}, 0.0),
        ("QuotaExceeded", "", {}, None),
    ],
)
def test_the_wait_after_a_throttled_response(
    code: str, message: str, headers: dict[str, str], seconds: float | None
) -> None:
    error = refused(503, code, message, **headers)
    assert isinstance(error, errors.Throttled)
    assert error.retry_after == seconds
