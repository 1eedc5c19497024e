"""Digits of decimals arrive as Amazon sent them, or the cell does not fit; nothing is rounded."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.report_types import PRECISION, SCALE
from tap_mws_reports.streams.record_encoder import json_number
from tap_mws_reports.streams.row_schema import fixed_point, written_as

MOST = "9" * (PRECISION - SCALE) + "." + "9" * SCALE

FITTING = {
    "19.99": "19.99",
    "19.90": "19.90",
    "-0": "-0",
    "12345678901234567.123456789": "12345678901234567.123456789",
    MOST: MOST,
    f"-{MOST}": f"-{MOST}",
    "1E+3": "1000",
    "1.5E-8": "0.000000015",
    "1E-9": "0.000000001",
    "19.99000000000": "19.99",
    "5.0000000000": "5",
    "0E-30": "0",
    "0E+99": "0",
    "1000E-12": "0.000000001",
}
BEYOND = [
    "1" + "0" * (PRECISION - SCALE),
    "0.0000000001",
    "19.9900000001",
    "1E-10",
    "1E+29",
    "1E+999",
    "-1E-999",
    "0.1000000000000000055511151231257827",
]


@pytest.mark.parametrize(("digits", "text"), FITTING.items())
def test_a_decimal_that_fits(digits: str, text: str) -> None:
    assert fixed_point(digits) == text
    assert Decimal(text) == Decimal(digits)


@pytest.mark.parametrize("digits", BEYOND)
def test_a_decimal_that_does_not_fit(digits: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        fixed_point(digits)


NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.builds(
        lambda digits, places: Decimal(digits).scaleb(-places, Context(prec=50)),
        st.integers(-(10**40), 10**40),
        st.integers(0, 12),
    ),
)


@given(NUMBERS)
def test_fitting_decimals_are_equal_and_others_would_be_rounded(number: Decimal) -> None:
    units = Fraction(number) * 10**SCALE
    if units.denominator == 1 and abs(units) < 10**PRECISION:
        assert Decimal(fixed_point(str(number))) == number
    else:
        with pytest.raises(ValueError, match=".*"):
            fixed_point(str(number))


def test_decimals_are_written_as_declared() -> None:
    assert written_as("number", json_number) is json_number
    assert written_as("exact", json_number)("1E+1") == "10"
    assert written_as("exact", Decimal)("1.50") == "1.50"
