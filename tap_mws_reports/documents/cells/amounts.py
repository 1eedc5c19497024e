"""What is written around the digits of a number: its sign, currency, percent sign and blanks."""

from __future__ import annotations

import re

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


def bare(text: str) -> str:
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
