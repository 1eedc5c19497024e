"""Integers and exact decimals. The digits of a decimal are those that Amazon sent.

Order and FBA reports have a decimal point in every marketplace, European settlements a comma. A
text that would be one number with a point and another one with a comma does not fit. Currencies,
percent signs and blanks around and between the digits are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from tap_mws_reports.documents.cells.text import value_text

# Other characters for the same sign; the blanks and apostrophes that part thousands in French,
# Polish and Swiss amounts; the digits of Japanese fonts.
_SAME = str.maketrans(
    "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d\uff0b\u00a0\u2007\u2009\u202f\u3000\u2019"
    "\uff0e\uff0c\uff05\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "-------+     '.,%0123456789",
)
# Of the marketplaces, as ISO 4217 code or as written by people.
_CODES = (
    *("AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EGP", "EUR", "GBP", "INR"),
    *("JPY", "MXN", "NOK", "PLN", "RMB", "SAR", "SEK", "SGD", "TRY", "USD", "ZAR"),
)
_SIGNS = (
    *(r"(?:US|CA|CDN|AU|MX|R|S|C|A)?\$", "€", "£", "¥", "￥", "₹", "₺", "円", "元"),
    *(r"kr\.?", "zł", "Kč", "TL", r"Rs\.?"),
)
_UNIT = "(?:" + "|".join((*_CODES, *_SIGNS)) + ")"
_DRESSED = re.compile(
    rf"(?P<first>[+-]?) ?(?:{_UNIT} ?)?(?P<second>[+-]?) ?"
    rf"(?P<digits>[0-9.,](?:[0-9.,' ]*[0-9.,])?(?:[eE][+-]?[0-9]{{1,3}})?)"
    rf"(?P<third>-?)(?: ?(?:{_UNIT}|%))?(?P<fourth>-?)"
)
# Thousands parted by a blank or an apostrophe: what follows can only be the decimal mark, and a
# point after so many digits is taken for one wherever the document comes from.
_PARTED = re.compile(r"[0-9]{1,3}(?P<gap>[ '])[0-9]{3}(?:(?P=gap)[0-9]{3})*(?:[.,][0-9]+)?")


def strip_amount(text: str) -> str:
    """Return a number as its sign, digits, points and commas alone.

    A percentage is the number before the sign: ``4.64%`` is 4.64. A currency is left out: it is the
    marketplace's, or stands in a column of its own. Brackets are no minus: no report is known to
    write so.

    Raises:
        ValueError: the text holds something else, or two signs.
    """
    found = _DRESSED.fullmatch(text.translate(_SAME))
    if found is None:
        raise ValueError(text)
    sign = "".join(found.group("first", "second", "third", "fourth"))
    if len(sign) > 1:
        raise ValueError(text)
    return sign + _joined(found["digits"])


def _joined(digits: str) -> str:
    if " " not in digits and "'" not in digits:
        return digits
    found = _PARTED.fullmatch(digits)
    if found is None:
        raise ValueError(digits)
    return digits.replace(found["gap"], "").replace(",", ".")


Exact = Callable[[str], object]
"""What to make of the digits of a decimal, such as `decimal.Decimal`; they are a JSON number."""

_LONGEST = 1_000  # characters; the time it takes to make an integer grows with their square
_BEYOND = 2**63  # the integers of databases have 64 bits; one that has more ends a load

# What `str` makes of its decimal again, digit by digit.
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_PLAIN = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
# By decimal mark: texts without group separators, and texts with them. A point or comma between
# one to three digits and exactly three others could be either.
_UNGROUPED = {
    ".": re.compile(_PLAIN),
    ",": re.compile(rf"(?![+-]?[0-9]{{1,3}}\.[0-9]{{3}}$){_PLAIN}|[+-]?[0-9]*,[0-9]+"),
}
# In India, groups of two digits follow the first one of three: 1,23,456.00.
_GROUPED = {
    ".": re.compile(
        r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})"
        r"|[+-]?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"
    ),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})"),
}
_ONE_GROUP = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")


def integer_reader(mark: str, habit: str) -> Callable[[str], int | None]:
    """Return a reader of whole numbers, ``3.0`` included; see `decimal_reader` for the marks.

    A number that is not one of 64 bits with a sign does not fit.
    """
    read_decimal = decimal_reader(mark, habit)

    def read_integer(cell: str) -> int | None:
        value = int(cell) if _WHOLE.fullmatch(cell) else read_decimal(cell)
        if value is None:
            return None
        if not -_BEYOND <= value < _BEYOND or value != int(value):
            raise ValueError(cell)
        return int(value)

    return read_integer


def decimal_reader(mark: str, habit: str) -> Callable[[str], Decimal | None]:
    """Return a reader of decimals.

    Args:
        mark: the decimal mark of the report type's documents.
        habit: the decimal mark of the marketplace. A single comma before three digits separates
            thousands only where both marks are points.
    """
    parse = _parser(mark, habit)

    def read_decimal(cell: str) -> Decimal | None:
        text = value_text(cell)
        if text is None:
            return None
        if len(text) > _LONGEST:
            raise ValueError(text)
        value = parse(text)
        if value is None:
            value = parse(strip_amount(text))
        if value is None:
            raise ValueError(text)
        return value

    return read_decimal


def _parser(mark: str, habit: str) -> Callable[[str], Decimal | None]:
    """Return a reader of bare numbers, which returns None for a text that is no sure number."""
    ungrouped, grouped = _UNGROUPED[mark], _GROUPED[mark]
    separator = "," if mark == "." else "."
    thousands = mark == habit == "."

    def parse(text: str) -> Decimal | None:
        if ungrouped.fullmatch(text):
            return Decimal(text.replace(",", "."))
        if grouped.fullmatch(text) or (thousands and _ONE_GROUP.fullmatch(text)):
            return Decimal(text.replace(separator, "").replace(",", "."))
        return None

    return parse


def exact_reader(mark: str, habit: str, exact: Exact) -> Callable[[str], object]:
    """Return a reader of decimals that makes something else of them; see `decimal_reader`."""
    read_decimal = decimal_reader(mark, habit)

    def read_exactly(cell: str) -> object:
        value = read_decimal(cell)
        return None if value is None else exact(str(value))

    def read_quickly(cell: str) -> object:
        return exact(cell) if _CANONICAL.fullmatch(cell) else read_exactly(cell)

    # With a decimal comma 1.234 may be a thousand.
    return read_quickly if mark == "." else read_exactly
