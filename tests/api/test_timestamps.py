from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.timestamps import parse_timestamp

MOMENT = datetime(2024, 3, 10, 20, 11, 24, tzinfo=UTC)
DAY = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-10T20:11:24.000Z", MOMENT),
        ("2024-03-10T20:11:24+00:00", MOMENT),
        ("2024-03-10T13:11:24-07:00", MOMENT),
        ("2024-03-10T20:11:24", MOMENT),
        ("2024-03-10 20:11:24", MOMENT),
        ("20240310T201124Z", MOMENT),
        ("2024-03-10T20:11:24.123456Z", MOMENT.replace(microsecond=123456)),
        ("2024-03-10", DAY),
        ("2024/03/10", DAY),
        ("2024-070", DAY),
        ("2024-W10-7", DAY),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("0001-01-01", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_in_every_format(text: str, moment: datetime) -> None:
    parsed = parse_timestamp(text)
    assert parsed == moment
    assert (type(parsed), parsed.tzinfo) == (datetime, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-13-01",
        "2024-02-30",
        "yesterday",
        pytest.param("now", id="no clock is read"),
        pytest.param("10:00", id="no day is taken from a clock"),
        pytest.param("P1D", id="a duration"),
        pytest.param("2024-01-01/2024-02-01", id="an interval"),
        pytest.param("10:00/2024-02-01", id="an interval that is none"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before the first year"),
        pytest.param("9999-12-31T23:59:59-14:00", id="after the last year"),
    ],
)
def test_invalid_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the parser's
        parse_timestamp(text)


@pytest.fixture
def in_california(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_california")
@pytest.mark.parametrize("text", ["2024-03-10", "2024/03/10", "2024-03-10T00:00:00"])
def test_the_zone_of_the_machine_changes_nothing(text: str) -> None:
    assert parse_timestamp(text) == DAY
