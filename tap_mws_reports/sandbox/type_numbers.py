"""The numbers that Amazon has for report types, in refusals and at the end of document ids.

Sources: https://github.com/amzn/selling-partner-api-docs/issues/439,
https://github.com/amzn/selling-partner-api-models/issues/2567,
https://github.com/amzn/selling-partner-api-docs/issues/1633 (which of the settlements has which
number is not told)
"""

from __future__ import annotations

import zlib

_NUMBERS = {
    "_GET_MERCHANT_LISTINGS_ALL_DATA_": 47700,
    "_GET_XML_RETURNS_DATA_BY_RETURN_DATE_": 400,
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_": 1117,
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_": 1118,
    "_GET_DATE_RANGE_FINANCIAL_HOLDS_DATA_": 1208,
}
_FIRST_UNKNOWN = 50_000


def type_number(report_type: str) -> int:
    """Return the number of a type by its MWS name; of most types it is the sandbox's own."""
    made_up = _FIRST_UNKNOWN + zlib.crc32(report_type.encode()) % _FIRST_UNKNOWN
    return _NUMBERS.get(report_type, made_up)
