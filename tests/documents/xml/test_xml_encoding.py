from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
CAFE, SOCKS = "café – 5€", "①靴下～ソ"


def declared(name: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>\n<a><b>{text}</b></a>'


CASES = [
    # document, charset of the header, encoding, rule, text
    (f"<a><b>{CAFE}</b></a>".encode(), None, "utf-8", "utf-8", CAFE),
    (declared("UTF-8", CAFE).encode(), None, "utf-8", "declaration", CAFE),
    (declared("ISO-8859-1", CAFE).encode("cp1252"), None, "cp1252", "declaration", CAFE),
    (declared("windows-31j", SOCKS).encode("cp932"), None, "cp932", "declaration", SOCKS),
    (declared("Shift_JIS", SOCKS).encode("cp932"), None, "cp932", "declaration", SOCKS),
    # The header's charset comes first, unless one of the two says UTF-8, which proves itself.
    (declared("ISO-8859-1", SOCKS).encode("cp932"), "windows-31j", "cp932", "header", SOCKS),
    (declared("UTF-8", CAFE).encode(), "Cp1252", "utf-8", "declaration", CAFE),
    (declared("ISO-8859-1", CAFE).encode(), "UTF-8", "utf-8", "header", CAFE),
    (declared("ISO-8859-1", CAFE).encode("cp1252"), "UTF-8", "cp1252", "declaration", CAFE),
    # A declaration that is wrong or not known is overruled.
    (declared("UTF-8", CAFE).encode("cp1252"), None, "cp1252", "marketplace", CAFE),
    (declared("UTF-8", CAFE).encode("cp1252"), "Cp1252", "cp1252", "header", CAFE),
    (declared("US-ASCII", CAFE).encode(), None, "utf-8", "utf-8", CAFE),
    (declared("no-such-charset", CAFE).encode(), None, "utf-8", "utf-8", CAFE),
    (declared("UTF-16", CAFE).encode(), None, "utf-8", "utf-8", CAFE),
    (
        declared("UTF-8", "caf\xe9 \x81").encode("latin-1"),
        None,
        "cp1252",
        "mixed",
        "caf\xe9 \x81",
    ),
    # A byte order mark, and UTF-16 without one.
    (b"\xef\xbb\xbf" + declared("ISO-8859-1", CAFE).encode(), None, "utf-8-sig", "bom", CAFE),
    (
        b"\xef\xbb\xbf" + declared("UTF-8", CAFE).encode("cp1252"),
        None,
        *("utf-8-sig", "mixed", CAFE),
    ),
    (declared("UTF-8", CAFE).encode("utf-16"), "UTF-8", "utf-16", "bom", CAFE),
    (declared("UTF-16", CAFE).encode("utf-16-le"), None, "utf-16-le", "zeros", CAFE),
    (declared("UTF-16", CAFE).encode("utf-16-be"), None, "utf-16-be", "zeros", CAFE),
    # Blanks before the declaration, single quotes in it.
    (b"\r\n " + declared("UTF-8", CAFE).encode(), None, "utf-8", "declaration", CAFE),
    (b"<?xml version='1.0' encoding = 'utf-8'?><a>x</a>", None, "utf-8", "declaration", "x"),
]


@pytest.mark.parametrize(("document", "charset", "encoding", "rule", "text"), CASES)
def test_first_matching_rule_decides(
    tmp_path: Path, document: bytes, charset: str | None, encoding: str, rule: str, text: str
) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(document)

    table = open_table(
        path, report_type=UNKNOWN, charset=charset, marketplace_format=MarketplaceFormat()
    )

    assert (table.decoding.encoding, table.decoding.rule) == (encoding, rule)
    assert [next(iter(row.values())) for row in table.rows()] == [text]
