from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
TAB = "sku\tname\tquantity\n" + "1\tsocks\t2\n" * 3
COMMA = TAB.replace("\t", ",")
SEMICOLON = TAB.replace("\t", ";")
QUOTED = '"sku","name","quantity"\n"1","socks, red","2"\n'
LONG = TAB * 20_000

HALVES = [
    (TAB, "Internal error. Please try again later."),
    (TAB, "Report could not be completed"),
    (TAB, "An unexpected error occurred, see below:\n\n  NullPointer\n"),
    (TAB, "We're sorry, something went wrong\r\n"),
    (TAB, "Request timed out after 900 seconds\t\t"),
    (TAB, "java.lang.OutOfMemoryError: Java heap space"),
    (TAB, "HTTP/1.1 503 Service Unavailable"),
    (TAB, "Date range exceeded. Report can be requested only upto 30 days"),
    (TAB, "Leider ist ein Fehler aufgetreten"),
    (TAB, "Désolé, le rapport est incomplet"),
    (TAB, "エラーが発生しました"),
    (TAB, "抱歉，报告无法生成"),
    (TAB, "<html>\n\t<body>\n\t\t<p>Service Unavailable</p>\n\t</body>\n</html>\n"),
    (TAB, "<!DOCTYPE html><p>Service Unavailable</p>"),
    (TAB, "<Error><Code>SlowDown</Code><Message>Please wait</Message></Error>"),
    (TAB, '{\n  "errors": [{"code": "InternalFailure", "message": "Please wait"}]\n}'),
    (COMMA, "Sorry, the rest of this report is missing, try again."),
    (COMMA, "<html><p>Service Unavailable</p></html>"),
    (QUOTED, "The report could not be completed."),
    (SEMICOLON, "Sorry, the rest is missing; try again; or call us."),
    (LONG, "Internal error. Please try later."),
    (TAB.replace("\n", "\r"), "Internal error. Please try again later.\r"),
]

WHOLE = [
    (TAB, ""),
    (TAB, "1"),
    (TAB, "1\tsocks"),
    (TAB, "12345"),
    (TAB, "Error"),
    (TAB, "ERROR-1 \n"),
    (TAB, "500 Sheets of Paper"),
    (TAB, "Socks for the sorry ones"),
    (TAB, "Internal error report\tsocks\t2"),
    (TAB, "\tInternal error report\t2"),
    (TAB, "Internal error, this is a row above\n1\tsocks\t2\n"),
    (TAB, "1\tsocks\t<html><p>Sorry</p></html>\n"),
    (TAB, '1\tsocks\t{"errors": "none"}\n'),
    (COMMA, "The report on socks,red,2\n"),
    (COMMA, "The report on socks,,\n"),
    (SEMICOLON, "The report on socks;red;2\n"),
    (QUOTED, '"1","All is well\nError was corrected now","2"\n'),
    (QUOTED, '"1","socks","All is well\nError was corrected now"\n'),
    (QUOTED, '"1","socks","<html>\n<p>Sorry</p>"\n'),
    ("sku\tname\n", "Error in this very line\n"),
    (TAB, " \n" * 30_000 + "1\tsocks\t>"),
    (LONG, "2\tsocks\t3\n"),
    ("sku\tname\tquantity\n", "1\tsocks\t" + "report " * 20_000),
]


def shown(text: str) -> str:
    return repr(text[-40:])


def table_of(
    tmp_path: Path, content: str, encoding: str = "utf-8", *, proved: bool = True
) -> Table:
    path = tmp_path / "report.txt"
    path.write_bytes(content.encode(encoding))
    return open_table(
        path,
        report_type=UNKNOWN,
        charset=None,
        marketplace_format=MarketplaceFormat(),
        proved=proved,
    )


@pytest.mark.parametrize(("before", "message"), HALVES, ids=shown)
def test_truncated_document_is_refused_before_a_row_is_read(
    tmp_path: Path, before: str, message: str
) -> None:
    with pytest.raises(ErrorDocument, match="The report is truncated") as caught:
        table_of(tmp_path, before + message)

    assert caught.value.where == "_GET_SOMETHING_NEW_, report.txt"


def test_message_and_code_of_a_response_are_raised(tmp_path: Path) -> None:
    answer = "<Error><Code>SlowDown</Code><Message>Please wait</Message></Error>"

    with pytest.raises(ErrorDocument, match=': "Please wait"') as caught:
        table_of(tmp_path, f"{TAB}{answer}\n")

    assert caught.value.amazon_code == "SlowDown"


@pytest.mark.parametrize(("before", "end"), WHOLE, ids=shown)
def test_short_or_unusual_row_is_a_row(tmp_path: Path, before: str, end: str) -> None:
    table = table_of(tmp_path, before + end)

    for _ in table.rows():
        pass

    table.counts.check()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16", "utf-32"])
def test_message_is_found_in_any_charset(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(ErrorDocument, match="réessayez"):
        table_of(tmp_path, f"{TAB}Erreur interne, réessayez plus tard", encoding)


def test_end_within_a_character_does_not_matter(tmp_path: Path) -> None:
    for shift in range(4):
        with pytest.raises(ErrorDocument, match="Internal error"):
            table_of(tmp_path, "x" * shift + TAB + "1\t靴下\t2\n" * 6_000 + "Internal error again")


CUT = [
    (TAB, "1\tsocks", 2),
    (TAB, "1", 1),
    (COMMA, "1,socks", 2),
    (SEMICOLON, "1;socks", 2),
    ("sku\tname\tquantity\n", "1\tsocks", 2),
    (LONG, "1\tsocks", 2),
    # Whole lines, and a last cell that may be whole.
    (TAB, "", 0),
    (TAB, "1\tsocks\n", 0),
    (TAB, "1\tsocks\t2", 0),
    (TAB, "1\tsocks\t2\t3", 0),
    (TAB, "  ", 0),
    # Short rows are the rule in the document.
    (TAB + "1\tsocks\n1\tsocks\n", "1\tsocks", 0),
    # A quoted cell may continue in the next line.
    (QUOTED, '"1","socks', 0),
    ("sku\tname", "", 0),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(("before", "end", "cells"), CUT)
def test_document_that_ends_within_a_line_is_detected(
    tmp_path: Path, before: str, end: str, cells: int, encoding: str
) -> None:
    assert table_of(tmp_path, before + end, encoding).cells_of_cut_line == cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("content", "cut"),
    [
        ("sku\tname\tquan", True),
        ("sku\tname\tquantity\n", False),
        (TAB + "1", False),
        (LONG, False),
    ],
    ids=lambda each: repr(each)[-40:],
)
def test_document_that_ends_within_its_header_is_detected(
    tmp_path: Path, content: str, encoding: str, *, cut: bool
) -> None:
    assert table_of(tmp_path, content, encoding).ends_within_header is cut


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (TAB + "1\tsocks", True),
        (TAB + "1", True),
        (TAB.replace("\n", "\r\n") + "1\tso", True),
        (TAB.replace("\n", "\r") + "1\tso", True),
        (COMMA + "1,so", True),
        (COMMA + '1,"so,x"', True),
        (SEMICOLON + "1;so", True),
        (TAB, False),
        (TAB + "1\tsocks\t2", False),
        (TAB + "1\tsocks\n", False),
        (COMMA + '1,"so\nx",2', False),
        ("sku\n1\n2", False),
    ],
    ids=lambda each: repr(each)[-40:],
)
def test_a_truncated_last_line_is_damage_if_nothing_proves_completeness(
    tmp_path: Path, content: str, *, cut: bool
) -> None:
    table_of(tmp_path, content)
    if cut:
        with pytest.raises(UnreadableDocument, match="ends within its last line"):
            table_of(tmp_path, content, proved=False)
    else:
        table_of(tmp_path, content, proved=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    ("end", "lacks"), [("", True), ("\n", False), ("\r", False), ("\n ", False), ("\n1", True)]
)
def test_a_document_may_lack_its_last_line_end(
    tmp_path: Path, end: str, encoding: str, *, lacks: bool
) -> None:
    assert (
        table_of(tmp_path, f"sku\tname\tquantity\n1\tsocks\t2{end}", encoding).lacks_line_end
        is lacks
    )
