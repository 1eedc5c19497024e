"""Ids of the form that Amazon's have had since 2015."""

from __future__ import annotations

import uuid
import zlib
from datetime import UTC, datetime

_NUMBERS = {
    "_GET_MERCHANT_LISTINGS_ALL_DATA_": 47700,
    "_GET_XML_RETURNS_DATA_BY_RETURN_DATE_": 400,
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_": 1117,
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_": 1118,
    "_GET_DATE_RANGE_FINANCIAL_HOLDS_DATA_": 1208,
}
_FIRST_UNKNOWN = 50_000


def type_number(report_type: str) -> int:
    """Return the number of a type by its MWS name; for most types it is the sandbox's own."""
    made_up = _FIRST_UNKNOWN + zlib.crc32(report_type.encode()) % _FIRST_UNKNOWN
    return _NUMBERS.get(report_type, made_up)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_DIGITS = 6


class Counter:
    """Makes ids: a seller's own counter, then the days since 1970 in six digits.

    ``51781018424`` is number 51781, made on 2020-06-11, day 018424.
    """

    def __init__(self, start: int) -> None:
        self._next = start

    def take(self, now: datetime) -> str:
        """Return the next id."""
        number = self._next
        self._next += 1
        return f"{number}{(now - _EPOCH).days:0{_DAY_DIGITS}d}"


class Uuids:
    """Makes UUIDs that are the same in every run."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._made = 0

    def take(self) -> str:
        """Return the next id."""
        self._made += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._seed}/{self._made}"))


def day_of(identifier: str) -> int | None:
    """Return the day of an id, in days since 1970; None for a text that is not an id."""
    if not (identifier.isascii() and identifier.isdigit()) or len(identifier) <= _DAY_DIGITS:
        return None
    return int(identifier[-_DAY_DIGITS:])


def number_of(identifier: str) -> int:
    """Return the counter's part of an id, by which ids of one seller are in order."""
    return int(identifier[:-_DAY_DIGITS])


def days_since_epoch(now: datetime) -> int:
    """Return the days since 1970, to compare with `day_of`."""
    return (now - _EPOCH).days


def document_id(region: str, seller_id: str, report_id: str, number: int) -> str:
    """Return SP-API's id of a report's document, of the form seen since 2023.

    ``number`` is that of the report type.
    Source: https://github.com/amzn/selling-partner-api-models/issues/2567
    """
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{seller_id}/{report_id}")
    return f"amzn1.spdoc.1.4.{region.lower()}.{own}.T{own.hex[:12].upper()}.{number}"
