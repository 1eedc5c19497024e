"""Decimals with precision and scale, written as text."""

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
        ValueError: it exceeds the precision or scale of the column. Nothing is rounded; trailing
            zeros are removed.
    """
    if _FITTING.fullmatch(digits):
        return digits
    number = Decimal(digits)
    text = "0" if number.is_zero() else _plain(number)
    if not _FITTING.fullmatch(text):
        raise ValueError(digits)
    return text


def _plain(number: Decimal) -> str:
    """Write a number without an exponent, or an empty text if it cannot fit."""
    if not -PRECISION <= number.adjusted() <= PRECISION:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written_as(decimals: Decimals, exact: Exact) -> Exact:
    """Return the conversion of decimals for the setting ``decimals``.

    Args:
        decimals: the setting.
        exact: the conversion for ``number``. Exact decimals are text.
    """
    return exact if decimals == "number" else fixed_point
