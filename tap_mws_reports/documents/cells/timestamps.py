"""Parse timestamps with a numeric offset or a zone name.

A time without a zone is invalid: the document does not say which zone it is in.
Source: https://developer-docs.amazon.com/sp-api/docs/report-type-values-inventory
Zones of Canada in French: https://nrc.canada.ca/fr/certifications-evaluations-normes/heure-officielle-canada
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import NamedTuple

from tap_mws_reports.documents.cells.dates import parse_date
from tap_mws_reports.documents.cells.text import one_line, value_text
from tap_mws_reports.documents.document_reader import MarketplaceFormat

_OFFSETS = {
    "UTC": "+00:00",
    "GMT": "+00:00",
    "Z": "+00:00",
    "WET": "+00:00",
    "WEST": "+01:00",
    "BST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "MEZ": "+01:00",
    "MESZ": "+02:00",
    "MET": "+01:00",
    "MEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "SAST": "+02:00",
    "TRT": "+03:00",
    "GST": "+04:00",
    "SGT": "+08:00",
    "JST": "+09:00",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "BRT": "-03:00",
    "BRST": "-02:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
    # In Canadian French: heure normale and heure avancée.
    "HNT": "-03:30",
    "HAT": "-02:30",
    "HNA": "-04:00",
    "HAA": "-03:00",
    "HNE": "-05:00",
    "HAE": "-04:00",
    "HNC": "-06:00",
    "HAC": "-05:00",
    "HNR": "-07:00",
    "HAR": "-06:00",
    "HNP": "-08:00",
    "HAP": "-07:00",
}
# Ambiguous names, by the time zones of the marketplaces where they are clear.
_LOCAL_OFFSETS = {
    ("IST", "Asia/Kolkata"): "+05:30",
    ("CST", "Asia/Shanghai"): "+08:00",
    ("AST", "Asia/Riyadh"): "+03:00",
    ("EST", "Australia/Sydney"): "+10:00",
    ("EDT", "Australia/Sydney"): "+11:00",
}


def zone_offset(name: str, time_zone: str) -> str:
    """Return the offset of a zone name as ``+HH:MM``.

    Args:
        name: the zone after the time, such as ``PDT``.
        time_zone: the marketplace's IANA zone, which decides about ambiguous names.

    Raises:
        ValueError: the name is not known, or ambiguous in this marketplace.
    """
    name = name.upper()
    found = _LOCAL_OFFSETS.get((name, time_zone)) or _OFFSETS.get(name)
    if found is None:
        raise ValueError(name)
    return found


_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
# Timestamps in the most common pattern that are always valid; February 29 needs the slow path.
_DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_SECOND = rf"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
PLAIN_MOMENT = rf"{_SECOND}(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
UTC_MOMENT = rf"{_SECOND}(?:Z|\+00:00)"

PLAIN_MOMENTS = re.compile(rf"(?:(?:{PLAIN_MOMENT})?\n)*+")
"""Lines that are empty or a timestamp that `timestamp_reader` returns unchanged."""

UTC_MOMENTS = re.compile(rf"(?:(?:{UTC_MOMENT})?\n)*+")
"""Lines that are empty or a timestamp in UTC, with ``+00:00`` or ``Z``."""

# The year 9999 needs the slow path: its end may be out of range in UTC.
WHOLE_HOUR_MOMENTS = re.compile(rf"(?:(?:(?!9999){_SECOND}(?:Z|[+-](?:0[0-9]|1[0-4]):00))?\n)*+")
"""Lines that are empty or a timestamp with an offset of whole hours."""

_CLOCK = r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,6})?)"
# `PM`, `p.m.`, `p. m.` and `GMT+9` as in the payments of Canada, Mexico and Australia
_ZONED = re.compile(
    rf"(?P<date>.{{6,24}}?),?[T ]{_CLOCK}(?: ?(?P<half>[AaPp])\.? ?[Mm]\.?)?"
    r" ?(?P<zone>[A-Za-z]+|(?:GMT|UTC)?[+-][0-9]{1,2}(?::?[0-9]{2})?)"
)
# `Fri May 12 03:03:18 UTC 2017`: the format of Java's `Date.toString`.
_JAVA = re.compile(
    rf"[A-Z][a-z]{{2}} (?P<month_day>[A-Z][a-z]{{2}} [0-9]{{1,2}}) {_CLOCK} (?P<zone>[A-Z]+)"
    r" (?P<year>[0-9]{4})"
)
# `22 h 11 min 12 s` in Canadian French
_WORDED_CLOCK = re.compile(r"(?<= )([0-9]{1,2}) h ([0-9]{2}) min ([0-9]{2}) s(?= )")
_NUMERIC = re.compile(
    r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>[0-9]{1,2}?)(?::?(?P<minutes>[0-9]{2}))?"
)
_NOON = 12
_SECOND_END = len("2020-01-05T10:00:00")


def timestamp_reader(marketplace_format: MarketplaceFormat) -> Callable[[str], str | None]:
    """Return a reader of timestamps, which returns ISO 8601 text with the offset."""

    def read_timestamp(cell: str) -> str | None:
        text = value_text(cell)
        if text is None:
            return None
        if _RFC_3339.fullmatch(text):
            datetime.fromisoformat(text)  # raises ValueError for a day that does not exist
            return text
        return _parse(_WORDED_CLOCK.sub(r"\1:\2:\3", one_line(text)), marketplace_format)

    return read_timestamp


class Instant(NamedTuple):
    """A timestamp in UTC, and its original offset, or None if that was UTC."""

    utc: str
    offset: str | None


def instant_reader(marketplace_format: MarketplaceFormat) -> Callable[[str], Instant | None]:
    """Return a reader of timestamps, which returns them in UTC with the original offset."""
    read_timestamp = timestamp_reader(marketplace_format)

    def read_instant(cell: str) -> Instant | None:
        moment = read_timestamp(cell)
        return None if moment is None else in_utc(moment)

    return read_instant


def in_utc(moment: str) -> Instant:
    """Convert a timestamp of `timestamp_reader` to UTC; fractions of a second are kept.

    Raises:
        ValueError: in UTC, it is before the year 1 or after the year 9999.
    """
    second, rest = moment[:_SECOND_END], moment[_SECOND_END:]
    zone = rest.lstrip(".0123456789")
    fraction = rest.removesuffix(zone)
    local = datetime.fromisoformat(second + zone)
    try:
        utc = local.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(moment) from error
    return Instant(
        f"{utc.isoformat()[:_SECOND_END]}{fraction}+00:00", _offset_unless_utc(local, zone)
    )


def _offset_unless_utc(local: datetime, zone: str) -> str | None:
    return zone if local.utcoffset() else None


def _parse(text: str, marketplace_format: MarketplaceFormat) -> str:
    if found := _JAVA.fullmatch(text):
        day = f"{found['month_day']} {found['year']}"
    elif found := _ZONED.fullmatch(text):
        day = found["date"]
    else:
        raise ValueError(text)
    date = parse_date(day, marketplace_format.date_order).isoformat()
    clock = _clock(found["clock"], found.groupdict().get("half"))
    moment = f"{date}T{clock}{_offset(found['zone'], marketplace_format.time_zone)}"
    return datetime.fromisoformat(moment).isoformat()


def _clock(text: str, half: str | None) -> str:
    """Return the time of day on a 24-hour clock; ``half`` is A, P or None."""
    moment = time.fromisoformat(text.zfill(len(text) + (text[1] == ":")))
    if half is None:
        return moment.isoformat()
    if not 1 <= moment.hour <= _NOON:
        raise ValueError(text)
    return moment.replace(hour=moment.hour % _NOON + _NOON * (half.upper() == "P")).isoformat()


def _offset(zone: str, time_zone: str) -> str:
    found = _NUMERIC.fullmatch(zone)
    if found is None:
        return zone_offset(zone, time_zone)
    return f"{found['sign']}{found['hours']:0>2}:{found['minutes'] or '00'}"
