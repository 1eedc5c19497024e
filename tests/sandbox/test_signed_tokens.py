from __future__ import annotations

import pytest

from tap_mws_reports.sandbox.signed_tokens import (
    InvalidSignature,
    sign_text,
    signature,
    verify_text,
)


def test_a_signed_token_is_read_back() -> None:
    fields = ["é", 1, None, {"a": [True]}]
    assert verify_text(sign_text(fields)) == fields


@pytest.mark.parametrize(
    "text", ["", "é", "====", "bm9ib2R5IHdyb3RlIHRoaXMgb25l", sign_text([1])[4:]]
)
def test_an_invalid_signature_is_refused(text) -> None:
    with pytest.raises(InvalidSignature):
        verify_text(text)


def test_any_changed_character_invalidates_the_signature() -> None:
    sealed = sign_text(["A1SANDBOXNA"]).rstrip("=")
    for place, sign in enumerate(sealed[:-1]):
        other = "A" if sign != "A" else "B"
        with pytest.raises(InvalidSignature):
            verify_text(
                sign_text(["A1SANDBOXNA"]).replace(
                    sealed, sealed[:place] + other + sealed[place + 1 :]
                )
            )


def test_a_signature_is_valid_for_its_text_only() -> None:
    assert signature("a") == signature("a") != signature("b")
