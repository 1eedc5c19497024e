"""Decimals that are declared with precision and scale: their digits as text, or not at all."""

from __future__ import annotations

import re
from decimal import Decimal

from tap_mws_reports.documents import Exact
from tap_mws_reports.report_types import PRECISION, SCALE, Decimals

_WHOLE = PRECISION - SCALE
_FITTING = re.compile(rf"-?[0-9]{{1,{_WHOLE}}}(?:\.[0-9]{{1,{SCALE}}})?")


def fixed_point(digits: str) -> str:
    """Return a number without an exponent.

    Raises:
        ValueError: it has more digits than the precision and scale of a column have room for.
            Nothing is rounded; zeros at the end of the decimals are left out.
    """
    if _FITTING.fullmatch(digits):
        return digits
    number = Decimal(digits)
    text = "0" if number.is_zero() else _plain(number)
    if not _FITTING.fullmatch(text):
        raise ValueError(digits)
    return text


def _plain(number: Decimal) -> str:
    """Write a number in full, unless it is so long or so small that it fits no column."""
    if not -PRECISION <= number.adjusted() <= PRECISION:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written_as(decimals: Decimals, exact: Exact) -> Exact:
    """Return what to make of the digits of decimals, by the setting ``decimals``.

    Args:
        decimals: the setting.
        exact: what is made of them where no setting says otherwise. Exact decimals are text.
    """
    return exact if decimals == "number" else fixed_point
