"""Dates inside header names, which make other names of one column in every period.

Restock reports have `Promo Required Qty - Goal 1 (5/15/2023 to 6/14/2023)`.
Source: https://github.com/amzn/selling-partner-api-docs/issues/3117
"""

from __future__ import annotations

import re

from tap_mws_reports.documents.cells.months import MONTHS
from tap_mws_reports.report_types.naming import header_key, trimmed

_YEAR = "(?:19|20)[0-9]{2}"
_NAME = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_FORMS = (
    rf"{_YEAR}[-/.][0-9]{{1,2}}(?:[-/.][0-9]{{1,2}})?",  # 2023-05-15, 2023-05
    rf"[0-9]{{1,2}}(?:/[0-9]{{1,2}}/|-[0-9]{{1,2}}-|\.[0-9]{{1,2}}\.){_YEAR}",  # 5/15/2023
    r"[0-9]{1,2}(?:/[0-9]{1,2}/|\.[0-9]{1,2}\.)[0-9]{2}",  # 5/15/23
    rf"[0-9]{{1,2}}/{_YEAR}",  # 05/2023
    rf"[0-9]{{1,2}}(?:\.|er)?[- ](?:de )?{_NAME}\.?[-, ]+(?:de )?{_YEAR}",  # 15 May 2023
    rf"{_NAME}\.?[-, ]+(?:[0-9]{{1,2}},? )?{_YEAR}",  # May 15, 2023; May 2023
    rf"{_YEAR}[- ]{_NAME}",  # 2023-MAY
    rf"{_YEAR}年 ?[0-9]{{1,2}}月(?: ?[0-9]{{1,2}}日)?",
)
_DAY = "(?:" + "|".join(_FORMS) + ")"
_TO = r"\s*(?:to|until|through|bis|au|al|a|do|t/m|[-\u2013\u2014~\u301c\uff5e])\s*"
_DATES = rf"(?<![^\W_]){_DAY}(?:{_TO}{_DAY})?(?![^\W_])"
_DATED = re.compile(
    rf"[(\[\uff08]\s*(?P<inside>{_DATES})\s*[)\]\uff09]|(?P<bare>{_DATES})", re.IGNORECASE
)


def without_dates(header: str) -> tuple[str, str]:
    """Return what a header says, and the dates that it is about, or an empty text.

    A number of days (`Units sold last 30 days`) or a year alone is no date, and a header that is
    nothing but a date is a name.
    """
    text = trimmed(header)
    found = _DATED.search(text)
    if found is None:
        return header, ""
    what = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return (what, found["inside"] or found["bare"]) if header_key(what) else (header, "")
