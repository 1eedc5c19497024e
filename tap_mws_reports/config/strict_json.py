"""JSON without what parsers interpret differently: RFC 8259, sections 4, 6 and 8.2.

Python's parser accepts duplicate keys, of which it keeps the last, `NaN` and infinities, and
unpaired surrogates. In a state each of them would lose bookmarks or end the run halfway.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

DEEPEST = 64
"""The deepest nesting of lists and objects; settings and states have about eight levels."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""An unpaired surrogate."""


class NotAccepted(ValueError):
    """JSON that Python reads but this tap does not; ``hint`` says what to do."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def loads(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse a JSON text.

    Raises:
        NotAccepted: a duplicate key, `NaN` or an infinity, an unpaired surrogate, or lists and
            objects that are nested too deeply.
        ValueError: it is not JSON.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_number
        )
    except RecursionError:
        raise _too_deep() from None
    _check_depth(value)
    if _SURROGATE.search(text):
        _check_characters(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise NotAccepted(f"has `{name}` twice in one object", "remove one of the two entries")
    return found


def _refuse(name: str) -> NoReturn:
    raise NotAccepted(f"holds {name}, which is not a number", "correct it, or give another file")


def _number(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inner(each)]
        if not level:
            return
    raise _too_deep()


def _inner(value: object) -> list[object]:
    """Return the lists and objects right within a value."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in values if isinstance(each, (dict, list))]


def _too_deep() -> NotAccepted:
    what = f"has lists or objects in more than {DEEPEST} levels"
    return NotAccepted(what, "it is damaged, or of another program; give another file")


def _check_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        what = "holds an unpaired surrogate (`\\ud800` to `\\udfff`)"
        raise NotAccepted(what, "correct it, or give another file") from None
