from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.mws import quota_headers

RESET = datetime(2014, 2, 4, 12, 3, tzinfo=UTC)
NOW = datetime(2014, 2, 4, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2014-02-04T12:03:00.000Z",
        "Tue,04 Feb 2014 12:03:00 UTC",
        "Tue, 04 Feb 2014 12:03:00 GMT",
        "Tue Feb 04 12:03:00 UTC 2014",
    ],
)
def test_timestamps_in_every_format(text: str) -> None:
    assert quota_headers.response_time(text) == RESET
    assert quota_headers.quota_headers({"x-mws-quota-resetson": text}, NOW).resets_on == RESET


@pytest.mark.parametrize("text", [None, "", "soon", "2014-13-01", "0", "Tue, 99 Feb 2014"])
def test_invalid_timestamps_are_ignored(text: str | None) -> None:
    assert quota_headers.response_time(text) is None


def test_the_quota() -> None:
    message = quota_headers.quota_headers(
        {"x-mws-quota-max": "80.0", "x-mws-quota-remaining": "79.0"}, NOW
    )
    assert message == quota_headers.QuotaHeaders(80.0, 79.0, None)
    assert quota_headers.quota_headers({}, NOW) == quota_headers.QuotaHeaders(None, None, None)


@pytest.mark.parametrize(
    "clock",
    [{"date": "Tue, 04 Feb 2014 11:20:00 GMT"}, {"x-mws-timestamp": "2014-02-04T11:20:00.000Z"}],
)
def test_a_reset_time_is_converted_to_the_local_clock(clock: dict[str, str]) -> None:
    """Our clock is ten minutes ahead, so the reset comes ten minutes later by it."""
    assert quota_headers.clock_offset(clock, NOW) == timedelta(minutes=10)
    message = quota_headers.quota_headers(
        {**clock, "x-mws-quota-resetson": "2014-02-04T12:03:00.000Z"}, NOW
    )
    assert message.resets_on == RESET + timedelta(minutes=10)
