from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.mws.codec import parameters
from tap_mws_reports.api.mws.operations import ParameterKind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ParameterKind.TEXT, "0012345678901234567890", "0012345678901234567890"),
        (ParameterKind.BOOLEAN, "true", True),
        (ParameterKind.BOOLEAN, "False", False),
        (ParameterKind.BOOLEAN, "1", True),
        (ParameterKind.BOOLEAN, "0", False),
        (ParameterKind.COUNT, "0", 0),
        (ParameterKind.COUNT, "100", 100),
        (
            ParameterKind.DATE,
            "2020-06-12T11:28:33+00:00",
            datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC),
        ),
        (ParameterKind.DATE, "2020-06-12T11:28:33Z", datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC)),
        (ParameterKind.DATE, "2020-06-12T11:28:33", datetime(2020, 6, 12, 11, 28, 33, tzinfo=UTC)),
        (
            ParameterKind.DATE,
            "2020-06-12T04:28:33.5-07:00",
            datetime(2020, 6, 12, 11, 28, 33, 500_000, UTC),
        ),
    ],
)
def test_read(kind: ParameterKind, text: str, value: object) -> None:
    assert parameters.read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ParameterKind.BOOLEAN, "yes"),
        (ParameterKind.COUNT, "1.0"),
        (ParameterKind.COUNT, "-1"),
        (ParameterKind.COUNT, "\N{ARABIC-INDIC DIGIT ONE}"),
        (ParameterKind.DATE, "12 June 2020"),
        (ParameterKind.DATE, ""),
        (ParameterKind.DATE, "0001-01-01T00:00:00+05:00"),
    ],
)
def test_read_refuses(kind: ParameterKind, text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parameters.read(kind, text)
