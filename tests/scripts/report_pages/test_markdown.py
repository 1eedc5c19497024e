from __future__ import annotations

import pytest
from report_pages.markdown import anchor, code, prose, table


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain, with a_word", "plain, with a_word"),
        ("_line and *stars*", r"\_line and \*stars\*"),
        ("`_line` is code", "`_line` is code"),
        ("a | b <c> [d]", r"a \| b \<c> \[d]"),
    ],
)
def test_prose_has_only_code_markup(text, markdown) -> None:
    assert prose(text) == markdown


def test_markdown_in_tables() -> None:
    assert code("a|b") == r"`a\|b`"
    assert table(("x", "y"), [("1", "2")]) == "| x | y |\n| --- | --- |\n| 1 | 2 |"
    assert not table(("x", "y"), [])


@pytest.mark.parametrize(
    ("heading", "place"),
    [("FBA inventory", "fba-inventory"), ("Tax & law", "tax--law"), ("easy-ship", "easy-ship")],
)
def test_anchor(heading, place) -> None:
    assert anchor(heading) == place
