from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.mws.operations import Kind
from tap_mws_reports.api.mws.wire import values


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.TEXT, "0012345678901234567890", "0012345678901234567890"),
        (Kind.BOOLEAN, "true", True),
        (Kind.BOOLEAN, "False", False),
        (Kind.BOOLEAN, "1", True),
        (Kind.BOOLEAN, "0", False),
        (Kind.COUNT, "0", 0),
        (Kind.COUNT, "100", 100),
        (Kind.DATE, "2020-06-12T11:28:33+00:00", datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC)),
        (Kind.DATE, "2020-06-12T11:28:33Z", datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC)),
        (Kind.DATE, "2020-06-12T11:28:33", datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC)),
        (Kind.DATE, "2020-06-12T04:28:33.5-07:00", datetime(2020, 6, 12, 11, 28, 33, 500_000, UTC)),
    ],
)
def test_read(kind: Kind, text: str, value: object) -> None:
    assert values.read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.BOOLEAN, "yes"),
        (Kind.COUNT, "1.0"),
        (Kind.COUNT, "-1"),
        (Kind.COUNT, "\N{ARABIC-INDIC DIGIT ONE}"),
        (Kind.DATE, "12 June 2020"),
        (Kind.DATE, ""),
        (Kind.DATE, "0001-01-01T00:00:00+05:00"),
    ],
)
def test_read_refuses(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        values.read(kind, text)
