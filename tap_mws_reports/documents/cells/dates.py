"""Parse dates in the formats of the reports. The marketplace decides the order of day and month.

A month (`2022-09`, `04/2023`, `2020-FEB`) is not a date: columns of months are text.
Sources: https://github.com/airbytehq/airbyte/issues/39502 (`16-Mar-2024`),
https://github.com/airbytehq/airbyte/issues/34830 (`MM/DD/YYYY`)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tap_mws_reports.documents.cells.text import one_line, value_text
from tap_mws_reports.documents.document_reader import MarketplaceFormat

# From January on: the full name as in a date, then its abbreviations without trailing dots.
# Source: https://cldr.unicode.org/translation/date-time/date-time-names
_LANGUAGES = {
    "en": (
        "january jan, february feb, march mar, april apr, may, june jun, july jul, august aug,"
        " september sept sep, october oct, november nov, december dec"
    ),
    "de": (
        "januar jän jan, februar feb, märz mär mrz, april apr, mai, juni jun, juli jul, august aug,"
        " september sept sep, oktober okt, november nov, dezember dez"
    ),
    "fr": (
        "janvier janv, février févr fév, mars, avril avr, mai, juin, juillet juil, août,"
        " septembre sept, octobre oct, novembre nov, décembre déc"
    ),
    "it": (
        "gennaio gen, febbraio feb, marzo mar, aprile apr, maggio mag, giugno giu, luglio lug,"
        " agosto ago, settembre set, ottobre ott, novembre nov, dicembre dic"
    ),
    "es": (
        "enero ene, febrero feb, marzo mar, abril abr, mayo may, junio jun, julio jul, agosto ago,"
        " septiembre sept sep, octubre oct, noviembre nov, diciembre dic"
    ),
    "pt": (
        "janeiro jan, fevereiro fev, março mar, abril abr, maio mai, junho jun, julho jul,"
        " agosto ago, setembro set, outubro out, novembro nov, dezembro dez"
    ),
    "nl": (
        "januari jan, februari feb, maart mrt, april apr, mei, juni jun, juli jul, augustus aug,"
        " september sep, oktober okt, november nov, december dec"
    ),
    "sv": (
        "januari jan, februari feb, mars mar, april apr, maj, juni jun, juli jul, augusti aug,"
        " september sep, oktober okt, november nov, december dec"
    ),
    "pl": (
        "stycznia sty, lutego lut, marca mar, kwietnia kwi, maja, czerwca cze, lipca lip,"
        " sierpnia sie, września wrz, października paź, listopada lis, grudnia gru"
    ),
    "tr": (
        "ocak oca, şubat şub, mart mar, nisan nis, mayıs may, haziran haz, temmuz tem,"
        " ağustos ağu, eylül eyl, ekim eki, kasım kas, aralık ara"
    ),
}

MONTHS = {
    name: number
    for names in _LANGUAGES.values()
    for number, month in enumerate(names.split(","), start=1)
    for name in month.split()
}
"""Name in lower case to number; every name is unique."""


def month_number(name: str) -> int:
    """Return the number of a month; raises ValueError for any other word."""
    number = MONTHS.get(name.lower())
    if number is None:
        raise ValueError(name)
    return number


_DIGITS = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})")
# `16-Mar-2024`, `8 juin 2025`, `1er janv. 2025`, `8. Juni 2025`, `8 de junio de 2025`
_DAY_NAME = re.compile(
    r"([0-9]{1,2})(?:\.|er)?[- ](?:de )?([^\W\d_]{3,12})\.?[-, ]+(?:de )?([0-9]{4})"
)
_NAME_DAY = re.compile(r"([^\W\d_]{3,12})\.? ([0-9]{1,2}),? ([0-9]{4})")
_JAPANESE = re.compile(r"([0-9]{4})年 ?([0-9]{1,2})月 ?([0-9]{1,2})日")
# The time in a date that is written as a timestamp: local midnight, in any zone.
_MIDNIGHT = re.compile(
    r"[T ]0?0:00(?::00)?(?:\.0+)?(?: ?(?:Z|[A-Z]{2,5}|[+-][0-9]{2}:?[0-9]{2}))?$"
)

_CENTURY = 2000  # of two-digit years: Amazon's reports began later
_SHORT_YEAR = 2
_LONG_YEAR = 4


def date_reader(marketplace_format: MarketplaceFormat) -> Callable[[str], str | None]:
    """Return a reader of dates, which returns ``YYYY-MM-DD``.

    A date written as midnight, such as ``2021-05-24T00:00:00-07:00``, is that date; any other time
    of day is invalid.
    """

    def read_date(cell: str) -> str | None:
        text = value_text(cell)
        if text is None:
            return None
        return parse_date(
            _MIDNIGHT.sub("", one_line(text)), marketplace_format.date_order
        ).isoformat()

    return read_date


def parse_date(text: str, order: str) -> date:
    """Parse a date.

    Four leading digits are always a year. Four trailing digits after dots are a year with the day
    first. ``order`` (``MDY``, ``DMY`` or ``YMD``) decides in all other cases.

    Raises:
        ValueError: the text is not a date in that order.
    """
    if found := _DIGITS.fullmatch(text):
        first, separator, second, third = found.groups()
        return _date_of_digits((first, second, third), _order(first, separator, third, order))
    if found := _JAPANESE.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := _DAY_NAME.fullmatch(text):
        day, name, year = found.groups()
    elif found := _NAME_DAY.fullmatch(text):
        name, day, year = found.groups()
    else:
        raise ValueError(text)
    return date(int(year), month_number(name), int(day))


def _order(first: str, separator: str, third: str, order: str) -> str:
    if len(first) == _LONG_YEAR:
        return "YMD"
    if separator == "." and len(third) == _LONG_YEAR:
        return "DMY"
    return order


def _date_of_digits(parts: tuple[str, str, str], order: str) -> date:
    by_letter = dict(zip(order, parts, strict=True))
    if len(by_letter["D"]) > _SHORT_YEAR or len(by_letter["M"]) > _SHORT_YEAR:
        raise ValueError(parts)
    return date(_year(by_letter["Y"]), int(by_letter["M"]), int(by_letter["D"]))


def _year(digits: str) -> int:
    if len(digits) == _SHORT_YEAR:
        return _CENTURY + int(digits)
    if len(digits) == _LONG_YEAR:
        return int(digits)
    raise ValueError(digits)
