from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports.documents.decoding import BLOCK_SIZE, Decoding, decide, open_text

CP1252 = "café – 5€".encode("cp1252")
UTF_8 = "café – 靴下".encode()
CP932 = "①靴下～ソ".encode("cp932")

CASES = [
    # document, charset of the header, code page, encoding, rule
    (b"plain", None, "cp1252", "utf-8", "utf-8"),
    (b"plain", "Cp1252", "cp1252", "cp1252", "header"),
    (b"\xef\xbb\xbf" + UTF_8, "Cp1252", "cp932", "utf-8-sig", "bom"),
    (b"\xff\xfea\0", None, "cp1252", "utf-16", "bom"),
    (b"\xfe\xff\0a", None, "cp1252", "utf-16", "bom"),
    (CP1252, "Cp1252", "cp932", "cp1252", "header"),
    (CP1252, "windows-1252", "cp932", "cp1252", "header"),
    (CP1252, "ISO-8859-1", "cp932", "cp1252", "header"),
    (CP932, "windows-31j", "cp1252", "cp932", "header"),
    (CP932, "Shift_JIS", "cp1252", "cp932", "header"),
    (UTF_8, "utf8", "cp1252", "utf-8", "header"),
    (UTF_8, '"UTF-8"', "cp1252", "utf-8", "header"),
    (CP1252, "UTF-8", "cp1252", "cp1252", "marketplace"),
    (UTF_8, "US-ASCII", "cp1252", "utf-8", "utf-8"),
    (UTF_8, "no-such-charset", "cp1252", "utf-8", "utf-8"),
    (UTF_8, "rot13", "cp1252", "utf-8", "utf-8"),
    (UTF_8, "", "cp1252", "utf-8", "utf-8"),
    (CP932, None, "cp932", "cp932", "marketplace"),
    ("商品".encode("gbk"), None, "gbk", "gbk", "marketplace"),
    (b"caf\xe9 \x81", None, "cp1252", "latin-1", "latin-1"),
    (b"caf\xe9 \x81", "Cp1252", "cp932", "latin-1", "latin-1"),
    (b"\xef\xbb\xbfcaf\xe9", None, "cp1252", "cp1252", "marketplace"),
    (UTF_8[:-1], None, "cp1252", "latin-1", "latin-1"),  # a character cut at the end
]


@pytest.mark.parametrize(("document", "charset", "code_page", "encoding", "rule"), CASES)
def test_first_rule_that_fits_every_byte_decides(
    tmp_path: Path, document: bytes, charset: str | None, code_page: str, encoding: str, rule: str
) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(document)

    decoding = decide(path, charset=charset, code_page=code_page)

    assert (decoding.encoding, decoding.rule) == (encoding, rule)
    with open_text(path, decoding) as text:
        assert "\ufffd" not in text.read()


def test_last_byte_of_a_long_document_counts(tmp_path: Path) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(b"a" * (3 * BLOCK_SIZE - 1) + "é".encode() + b"\xe9")

    assert decide(path, charset=None, code_page="cp1252").rule == "marketplace"


def test_character_across_two_blocks_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(b"a" * (BLOCK_SIZE - 1) + "靴".encode())

    assert decide(path, charset=None, code_page="cp1252") == Decoding("utf-8", "utf-8")
