"""Documents that are not read: broken and malicious ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.xml.value_paths import DEEPEST, MOST_PATHS
from tap_mws_reports.errors import UnreadableDocument

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
DECLARATION = '<?xml version="1.0"?>\n'
BOMB = "".join(f'<!ENTITY e{n + 1} "&e{n};&e{n};&e{n};">' for n in range(30))

BROKEN = [
    # document, what the error says
    ("<a><b>1</b><b>2", r"Premature end of data in tag b line 1 \(line 1, column 16\)"),
    (f"{DECLARATION}<a>\n<b>1</b>\n<b>2</", r"malformed or truncated: .* \(line 4, column 7\)"),
    (f"\n\n{DECLARATION}<a>\n<b>1</c></a>", r"Opening and ending tag mismatch.*\(line 5, "),
    ("<?xml\nversion='1.0'\n?>\n<a>", r"\(line 4, "),
    ("<a>1 < 2</a>", r"malformed or truncated: .*line 1"),
    ("<a>salt & pepper</a>", r"malformed or truncated: .*line 1"),
    ("<a>&nbsp;</a>", "Entity 'nbsp' not defined"),
    ("<a/><a/>", "Extra content at the end of the document"),
    ("<a/>and more", "Extra content"),
    ("<a b='1' b='2'/>", "Attribute b redefined"),
    ("<!-- only this -->", r"malformed or truncated: .*line 1"),
    ("<", "malformed or truncated"),
]
HARMFUL = [
    ("<!DOCTYPE a><a>1</a>", "has a document type declaration"),
    (f'<!DOCTYPE a [<!ENTITY e0 "ha">{BOMB}]><a>&e30;</a>', "has a document type declaration"),
    ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "has a document type"),
    ('<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a>1</a>', "has a document type declaration"),
    ('<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><a/>', "has a document type"),
    ("<a>" * (DEEPEST + 1), f"nested more than {DEEPEST} levels deep"),
    ("<a>" + "".join(f"<b{n}/>" for n in range(MOST_PATHS)), f"more than {MOST_PATHS} different"),
    ("<a>" + "".join(f"<b c{n}='1'/>" for n in range(MOST_PATHS)), "elements and attributes"),
    ("<a><b" + " " * (LONGEST_LINE + 2**17) + " c='1'/></a>", "a tag or a text is longer"),
    ("<a><" + "x" * 200_000 + "/></a>", "Name too long"),
    ("<a>" + "<" * 200_000, "invalid element name"),
    ("<a>" + "x" * (LONGEST_LINE + 1), f"a text is longer than {LONGEST_LINE} characters"),
]


def open_document(folder: Path, text: str) -> Table:
    path = folder / "document.xml"
    path.write_text(text)
    return open_table(
        path, report_type=UNKNOWN, charset=None, marketplace_format=MarketplaceFormat()
    )


@pytest.mark.parametrize(("text", "words"), [*BROKEN, *HARMFUL])
def test_dangerous_document_is_refused_before_its_first_row(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(UnreadableDocument, match=words) as caught:
        open_document(tmp_path, text)

    assert caught.value.where == "_GET_SOMETHING_NEW_, document.xml"
    assert caught.value.hint


def test_document_just_within_the_limits_is_read(tmp_path: Path) -> None:
    text = "<a>" * (DEEPEST - 1) + "<b>" + "x" * 100_000 + "</b>" + "</a>" * (DEEPEST - 1)

    (row,) = open_document(tmp_path, text).rows()

    assert "x" * 100_000 in row.values()


def test_nothing_but_the_document_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    style = f'<?xml-stylesheet href="{secret}"?>'

    (row,) = open_document(tmp_path, f"{style}<a>{include}</a>").rows()

    assert row["include_href"] == str(secret)
    assert "secret" not in row.values()
