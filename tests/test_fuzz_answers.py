"""Answers, notifications and states made of chance are the tap's own values, or its own errors."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from fuzz import answers

FINDINGS = sorted((Path(__file__).parents[1] / "fuzz" / "corpus_answers").iterdir())
_BODIES = 60
_LONGEST = 384


def bodies(kind: int) -> list[bytes]:
    rng = random.Random(kind)
    sizes = (rng.randrange(_LONGEST) for _ in range(_BODIES))
    return [bytes([kind]), *(bytes([kind]) + rng.randbytes(size) for size in sizes)]


@pytest.mark.parametrize("kind", range(len(answers.KINDS)), ids=answers.KINDS)
def test_generated_input_is_read_or_refused(kind: int) -> None:
    for body in bodies(kind):
        answers.check(body)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda path: path.name)
def test_finding_is_read_or_refused(finding: Path) -> None:
    answers.check(finding.read_bytes())


GOOD_STATE = json.dumps({"bookmarks": {"orders": {"columns": ["sku"]}}}).encode()
BREAKS = {
    "answer of MWS": ("mws_codec.decode_response", LookupError("names")),
    "error of MWS": ("mws_codec.decode_error", LookupError("code")),
    "answer of SP-API": ("sp_api_codec.decode_response", OverflowError("date")),
    "error of SP-API": ("sp_api_errors.decode_error", TypeError("list")),
    "Login with Amazon": ("LwaTokenProvider.token", KeyError("expires_in")),
    "notification": ("parse_notification", RecursionError("deep")),
    "state": ("check_bookmarks", ValueError("date")),
}


@pytest.mark.parametrize("kind", answers.KINDS)
def test_check_detects_any_other_error(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, error = BREAKS[kind]

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(f"fuzz.answers.{place}", fail)
    with pytest.raises(type(error)):
        answers.check(bytes([answers.KINDS.index(kind)]))


def test_check_detects_a_state_that_is_read_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    body = bytes([answers.KINDS.index("state"), 1]) + GOOD_STATE
    answers.check(body)
    read = iter((["sku"], ["asin"]))
    monkeypatch.setattr(
        "fuzz.answers.round_up_numbers",
        lambda _state: {"bookmarks": {"orders": {"columns": next(read)}}},
    )
    with pytest.raises(AssertionError):
        answers.check(body)
