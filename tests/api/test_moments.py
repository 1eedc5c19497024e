from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.moments import read_date


@pytest.mark.parametrize(
    "text",
    ["2024-03-10T20:11:24.000Z", "2024-03-10T20:11:24+00:00", "2024-03-10T13:11:24-07:00",
     "2024-03-10T20:11:24"],
)  # fmt: skip
def test_dates_in_every_form(text: str) -> None:
    assert read_date(text) == datetime(2024, 3, 10, 20, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "now", "2024-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's
        read_date(text)
