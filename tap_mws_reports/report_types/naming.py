"""Column names for headers, and keys that are equal for all spellings of a header.

A name contains only ``a-z``, ``0-9`` and ``_``, because SQL targets drop all other characters: two
Japanese headers would both get the empty name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2s


def path_from(root: str, path: str) -> str:
    """Return the header of the column for a path.

    With the root ``Message/Order``, ``Message/Order/SKU`` becomes ``SKU``, and ``Header/Version``,
    which is not below the root, ``/Header/Version``. The root itself becomes its name.

    Args:
        root: of the type, a path below the document element; empty if there is none.
        path: below the document element; an attribute ends with ``@name``.
    """
    if not root:
        return path
    if path == root or path.startswith(f"{root}@"):
        return path[root.rfind("/") + 1 :]
    return path.removeprefix(f"{root}/") if is_below(root, path) else f"/{path}"


def is_below(root: str, path: str) -> bool:
    """Return whether a path is inside the elements with the path ``root``."""
    return not root or path.startswith(f"{root}/")


LONGEST_NAME = 63  # bytes of an identifier in PostgreSQL
_DIGEST_LENGTH = 8

_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
# Latin letters that Unicode does not decompose into an ASCII letter and a diacritic.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
    }
)
# British and American spellings in header keys. Amazon mixes them: a removal order has a
# `cancelled-quantity`.
_BRITISH = {
    "fulfilment": "fulfillment",
    "cancelled": "canceled",
    "utilisation": "utilization",
    "organisation": "organization",
    "authorisation": "authorization",
    "authorised": "authorized",
    "customised": "customized",
    "enrolment": "enrollment",
    "labelling": "labeling",
    "catalogue": "catalog",
    "programme": "program",
    "licence": "license",
    "colour": "color",
    "centre": "center",
}
_SPELLING = re.compile("|".join(_BRITISH))
# A byte order mark, and the same bytes decoded as Latin-1.
_BYTE_ORDER_MARKS = ("\ufeff", "\u00ef\u00bb\u00bf")


def trimmed(header: str) -> str:
    """Return the header without byte order mark and surrounding blanks."""
    for mark in _BYTE_ORDER_MARKS:
        header = header.removeprefix(mark)
    return header.strip()


@lru_cache(maxsize=10_000)  # every document repeats the same headers
def header_key(header: str) -> str:
    """Return the key of a header, which is equal for all its spellings: its letters and digits.

    Marketplaces differ in case, hyphens, underscores, blanks and British spellings such as
    ``fulfilment``.
    Source: https://github.com/amzn/selling-partner-api-models/issues/4140
    """
    text = unicodedata.normalize("NFKC", trimmed(header)).casefold()
    return _SPELLING.sub(_american, "".join(filter(str.isalnum, text)))


def _american(spelling: re.Match[str]) -> str:
    return _BRITISH[spelling[0]]


def column_name(header: str) -> str:
    """Return the snake_case name of a header, empty if the header has no letter or digit.

    Accents are dropped. Letters without an ASCII form are replaced by a digest of the header, so
    that the name does not depend on the document or the position of the column.
    """
    words = _CAMEL_CASE.sub("_", trimmed(header)).lower()
    plain = words if words.isascii() else _without_marks(words.translate(_LETTERS))
    name = _SEPARATORS.sub("_", plain).strip("_")
    if not plain.isascii() and any(c.isalnum() and not c.isascii() for c in plain):
        name = f"{name or 'column'}_{_digest(header)}"
    if name[:1].isdigit():
        name = f"column_{name}"
    return name if len(name) <= LONGEST_NAME else _shortened(name, header)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")


def _shortened(name: str, header: str) -> str:
    return f"{name[: LONGEST_NAME - _DIGEST_LENGTH - 1].rstrip('_')}_{_digest(header)}"


def _digest(header: str) -> str:
    key = header_key(header).encode("utf-8", "surrogatepass")
    return blake2s(key, digest_size=_DIGEST_LENGTH // 2).hexdigest()
