from __future__ import annotations

import pytest

from tap_mws_reports.api import transport


@pytest.mark.parametrize("text", ["", "many", "-1", "1e9", "nan", "inf"])
def test_invalid_numbers_are_ignored(text: str) -> None:
    assert transport.header_number(text) is None


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/plain;charset=windows-1252", "windows-1252"),
        ('text/plain; charset="UTF-8"', "utf-8"),
        ("text/plain;charset=Cp1252", "cp1252"),
        ("text/plain", None),
        ("application/octet-stream", None),
        ("", None),
    ],
)
def test_charset(content_type: str, charset: str | None) -> None:
    assert transport.charset_of({"content-type": content_type}) == charset
    assert transport.charset_of({}) is None
