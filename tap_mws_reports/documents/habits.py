"""How a marketplace writes what the document itself does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tap_mws_reports.report_types.report_type import DateOrder


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of the marketplace a document comes from.

    ``code_page`` is a Python codec, ``time_zone`` an IANA name, ``date_order`` the order of the
    parts in all-digit dates, ``decimal_mark`` the one used where amounts are written locally.
    """

    code_page: str = "cp1252"
    time_zone: str = "UTC"
    date_order: DateOrder = "YMD"
    decimal_mark: Literal[".", ","] = "."
