from __future__ import annotations

import json

import pytest

from tap_mws_reports.config.strict_json import DEEPEST, NotAccepted, loads


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"a": [1, 2.5, null, true, "\\u00e9 \\ud83d\\udce6"], "b": {"a": 1}}',
        "[" * 60 + "]" * 60,
    ],
)
def test_unambiguous_json_is_accepted(text) -> None:
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 1}', "has `a` twice"),
        ('[{"b": {"c": 1, "d": 2, "c": 3}}]', "has `c` twice"),
        ("[NaN]", "holds NaN"),
        ("[-Infinity]", "holds -Infinity"),
        ("[-1e999]", "holds -1e999"),
        ('["\\udc00"]', "an unpaired surrogate"),
        ('{"\\uD800": 1}', "an unpaired surrogate"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "more than 64 levels"),
        ("[" * 100_000, "more than 64 levels"),
    ],
)
def test_ambiguous_json_is_refused(text, message) -> None:
    with pytest.raises(NotAccepted, match=message) as caught:
        loads(text)
    assert caught.value.hint


def test_invalid_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        loads("[,]")
