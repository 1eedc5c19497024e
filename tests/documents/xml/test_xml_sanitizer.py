from __future__ import annotations

import pytest

from tap_mws_reports.documents.xml.hardened_parser import XmlSanitizer

CASES = [
    # text, what is left of it, how many characters were left out
    ("<a>plain\t\r\n\x7f\x85\ud7ff\ufffd😀</a>",) * 2 + (0,),
    ("<a>\x00\x08\x0b\x0c\x0e\x1f</a>", "<a></a>", 6),
    ("\ufffe\uffffx", "x", 2),
    ("&#0;&#8;&#31;&#x0B;&#x1f;&#x00001F;&#xD800;&#xFFFE;&#1114112;", "", 9),
    ("&#9;&#10;&#13;&#32;&#xE9;&#x1F600;&amp;&#;&#x;&# 1;",) * 2 + (0,),
    ("<![CDATA[&#1;]]>&#1;", "<![CDATA[&#1;]]>", 1),
    ("<![CDATA[\x01&#1;]]]>x]]", "<![CDATA[&#1;]]]>x]]", 1),
    ("<![CDATA[&#1;", "<![CDATA[&#1;", 0),
    ("a < b & c &#", "a < b & c &#", 0),
    ("&#99999999999999999999;",) * 2 + (0,),  # the parser says where it stands
]


@pytest.mark.parametrize(("text", "left", "dropped"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_only_forbidden_characters_are_removed(
    text: str, left: str, dropped: int, size: int
) -> None:
    admit = XmlSanitizer()
    pieces = list(admit(text[at : at + size] for at in range(0, len(text), size)))

    assert "".join(pieces) == left
    assert admit.dropped == dropped
    assert all(pieces)
