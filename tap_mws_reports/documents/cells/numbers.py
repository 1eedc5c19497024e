"""Parse integers and exact decimals. Decimals keep Amazon's digits.

Order and FBA reports have a decimal point in every marketplace, European settlements a comma, and
a point between thousands. A number that is ambiguous between point and comma is invalid. An amount
in parentheses is negative, as in spreadsheets. Currencies, percent signs and spaces
around and between the digits are removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from tap_mws_reports.documents.cells.text import value_text

# Variants of signs; the spaces and apostrophes that separate thousands in French, Polish and Swiss
# amounts; full-width digits.
_SAME = str.maketrans(
    "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d\uff0b\u00a0\u2007\u2009\u202f\u3000\u2019"
    "\uff0e\uff0c\uff05\uff08\uff09\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "-------+     '.,%()0123456789",
)
# Currencies of the marketplaces, as ISO 4217 codes and as symbols.
_CODES = (
    *("AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EGP", "EUR", "GBP", "INR"),
    *("JPY", "MXN", "NOK", "PLN", "RMB", "SAR", "SEK", "SGD", "TRY", "USD", "ZAR"),
)
_SIGNS = (
    *(r"(?:US|CA|CDN|AU|MX|R|S|C|A)?\$", "€", "£", "¥", "￥", "₹", "₺", "円", "元"),
    *(r"kr\.?", "zł", "Kč", "TL", r"Rs\.?"),
)
_UNIT = "(?:" + "|".join((*_CODES, *_SIGNS)) + ")"
_WITH_UNIT = re.compile(
    rf"(?P<first>[+-]?) ?(?:{_UNIT} ?)?(?P<second>[+-]?) ?"
    rf"(?P<digits>[0-9.,](?:[0-9.,' ]*[0-9.,])?(?:[eE][+-]?[0-9]{{1,3}})?)"
    rf"(?P<third>-?)(?: ?(?:{_UNIT}|%))?(?P<fourth>-?)"
)
_IN_PARENTHESES = re.compile(
    rf"(?P<before>(?:{_UNIT})?) ?\((?P<inside>[^()]*)\)(?P<after>(?: ?(?:{_UNIT}|%))?)"
)
# Thousands separated by a space or an apostrophe: a point or comma after them is the decimal mark
# in every marketplace.
_SPACED_GROUPS = re.compile(r"[0-9]{1,3}(?P<gap>[ '])[0-9]{3}(?:(?P=gap)[0-9]{3})*(?:[.,][0-9]+)?")


def strip_amount(text: str) -> str:
    """Return a number as its sign, digits, points and commas only.

    A percentage is the number before the sign: ``4.64%`` is 4.64. Currencies are removed: the
    marketplace or another column has them. Parentheses mean minus.

    Raises:
        ValueError: the text has anything else, or two signs.
    """
    text = text.translate(_SAME)
    if found := _IN_PARENTHESES.fullmatch(text):
        text = "-" + "".join(found.groups())
    found = _WITH_UNIT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    sign = "".join(found.group("first", "second", "third", "fourth"))
    if len(sign) > 1:
        raise ValueError(text)
    return sign + _without_gaps(found["digits"])


def _without_gaps(digits: str) -> str:
    if " " not in digits and "'" not in digits:
        return digits
    found = _SPACED_GROUPS.fullmatch(digits)
    if found is None:
        raise ValueError(digits)
    return digits.replace(found["gap"], "").replace(",", ".")


Exact = Callable[[str], object]
"""Converts the digits of a decimal, which are a JSON number; for example `decimal.Decimal`."""

_LONGEST = 1_000  # characters; the time to parse an integer grows with their square
_INTEGER_LIMIT = 2**63  # databases have 64-bit integers; a larger one fails the load

# Digits that `str(Decimal(...))` returns unchanged.
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_PLAIN = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
# By decimal mark: numbers without and with group separators. With a decimal point, a comma between
# one to three digits and exactly three others is ambiguous; with a decimal comma, a point there
# separates thousands, unless a zero is before it.
_UNGROUPED = {
    ".": re.compile(_PLAIN),
    ",": re.compile(rf"(?![+-]?[1-9][0-9]{{0,2}}\.[0-9]{{3}}$){_PLAIN}|[+-]?[0-9]*,[0-9]+"),
}
# Indian grouping: two digits per group above the thousands, as in 1,23,456.00.
_GROUPED = {
    ".": re.compile(
        r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})"
        r"|[+-]?[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"
    ),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3})+)"),
}
_ONE_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_COMMA_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")
# By decimal mark: one with three decimals, or a thousand.
_UNSURE_INTEGERS = {
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}\.000"),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2},000"),
}
# Sponsored Products writes ``20.022%`` where amounts have a decimal comma.
_UNSURE_PERCENTAGE = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3} ?%")


def integer_reader(
    mark: str, local_mark: str, *, grouped: bool = False
) -> Callable[[str], int | None]:
    """Return a reader of whole numbers, ``3.0`` included; see `decimal_reader` for the marks.

    A number beyond a signed 64-bit integer is invalid. So is ``1,000`` where it may be one with
    three decimals or a thousand, and ``1.000`` likewise.

    Args:
        mark: the decimal mark of the report type's documents.
        local_mark: the decimal mark of the marketplace.
        grouped: whether commas separate thousands.
    """
    read_decimal = decimal_reader(mark, local_mark)
    # Where both marks are points, and commas are not used otherwise, `read_decimal` is sure.
    unsure = _UNSURE_INTEGERS[mark] if grouped or "," in {mark, local_mark} else None

    def read_integer(cell: str) -> int | None:
        if _WHOLE.fullmatch(cell):
            value: int | Decimal | None = int(cell)
        elif grouped and _COMMA_GROUPS.fullmatch(cell.strip()):
            value = int(cell.replace(",", ""))
        elif unsure and unsure.fullmatch(cell.strip()):
            raise ValueError(cell)
        else:
            value = read_decimal(cell)
        if value is None:
            return None
        if not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT or value != int(value):
            raise ValueError(cell)
        return int(value)

    return read_integer


def decimal_reader(mark: str, local_mark: str) -> Callable[[str], Decimal | None]:
    """Return a reader of decimals.

    Args:
        mark: the decimal mark of the report type's documents.
        local_mark: the decimal mark of the marketplace. A single comma before three
            digits separates thousands only if both marks are points.
    """
    parse = _parser(mark, local_mark)

    def read_decimal(cell: str) -> Decimal | None:
        text = value_text(cell)
        if text is None:
            return None
        if len(text) > _LONGEST:
            raise ValueError(text)
        value = parse(text)
        if value is None:
            if mark == "," and _UNSURE_PERCENTAGE.fullmatch(text):
                raise ValueError(text)
            value = parse(strip_amount(text))
        if value is None:
            raise ValueError(text)
        return value

    return read_decimal


def _parser(mark: str, local_mark: str) -> Callable[[str], Decimal | None]:
    """Return a parser of plain numbers, which returns None for invalid or ambiguous text."""
    ungrouped, grouped = _UNGROUPED[mark], _GROUPED[mark]
    separator = "," if mark == "." else "."
    thousands = mark == local_mark == "."

    def parse(text: str) -> Decimal | None:
        if ungrouped.fullmatch(text):
            return Decimal(text.replace(",", "."))
        if grouped.fullmatch(text) or (thousands and _ONE_GROUP.fullmatch(text)):
            return Decimal(text.replace(separator, "").replace(",", "."))
        return None

    return parse


def exact_reader(mark: str, local_mark: str, exact: Exact) -> Callable[[str], object]:
    """Return a reader of decimals that converts them with ``exact``; see `decimal_reader`."""
    read_decimal = decimal_reader(mark, local_mark)

    def read_exactly(cell: str) -> object:
        value = read_decimal(cell)
        return None if value is None else exact(str(value))

    def read_quickly(cell: str) -> object:
        return exact(cell) if _CANONICAL.fullmatch(cell) else read_exactly(cell)

    # With a decimal comma, 1.234 may mean 1234.
    return read_quickly if mark == "." else read_exactly
