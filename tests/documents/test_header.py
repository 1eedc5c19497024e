"""The header is found below any lines before it."""

from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents.header import find_header
from tap_mws_reports.documents.limits import LONGEST_HEADER
from tap_mws_reports.errors import UnreadableDocument

ANY = report_types.load("_GET_SOMETHING_NEW_")
FEEDBACK = report_types.load("_GET_SELLER_FEEDBACK_DATA_")
REIMBURSEMENTS = report_types.load("_GET_FBA_REIMBURSEMENTS_DATA_")


@pytest.mark.parametrize(
    ("head", "report_type", "before", "cells"),
    [
        ("a\tb\n1\t2\n", ANY, 0, ["a", "b"]),
        ('\r\n  \n"a "," b"\n1,2\n', ANY, 2, ["a ", " b"]),
        ("a,b\n1,2\n3,4\n", ANY, 0, ["a", "b"]),
        ("only\nvalues\n", ANY, 0, ["only"]),
        # An explanation, and then unknown columns.
        ('"All amounts in EUR"\n\n"a","b","c"\n1,2,3\n', ANY, 2, ["a", "b", "c"]),
        ("Feed Processing Summary:\n\na\tb\tc\n1\t2\t3\n", ANY, 2, ["a", "b", "c"]),
        # The lines of the explanation may be wide, and blank ones may stand between.
        (
            "Feed Processing Summary:\n\tNumber of records processed\t\t2\n"
            "\tNumber of records successful\t\t1\n\n"
            "original-record-number\tsku\terror-code\terror-type\n1\tA\t8541\tError\n",
            ANY,
            4,
            ["original-record-number", "sku", "error-code", "error-type"],
        ),
        (
            '"Amazonの取引が含まれます"\n"全額は円で表示"\n"定義:"\n"売上税: A, B"\n"手数料: C"\n'
            '"その他: D"\n\n"日付/時間","決済番号","トランザクションの種類"\n"2022/10/01",1,2\n',
            ANY,
            7,
            ["日付/時間", "決済番号", "トランザクションの種類"],
        ),
        ("Today\na\tb\tc\n1\t2\n", ANY, 1, ["a", "b", "c"]),
        # Tabs inside the cells of a comma-separated document make no table.
        ("a,b\n,0\tx\ty\n,0\tx\ty\n", ANY, 0, ["a", "b"]),
        # A spreadsheet pads the explanation to the width of the table.
        (
            '"Amazonの取引が含まれます",,,\n"全額は円で表示",,,\n"定義:",,,\n\n'
            '"日付/時間","決済番号","トランザクションの種類","注文番号"\n"2022/10/01",1,2,\n',
            ANY,
            4,
            ["日付/時間", "決済番号", "トランザクションの種類", "注文番号"],
        ),
        ("Explained\t\t\t\na\tb\tc\t\n1\t\t\t\n", ANY, 1, ["a", "b", "c", ""]),
        # The filters of a download.
        (
            'Reporting Range=["Quarterly"],Select year=["2026"]\nRank,Term,Clicks\n1,a,2\n',
            ANY,
            1,
            ["Rank", "Term", "Clicks"],
        ),
        (
            'Department=["Books","Toys"],Week=["12"]\n"Rank","Term","Clicks"\n"1","a","2"\n',
            ANY,
            1,
            ["Rank", "Term", "Clicks"],
        ),
        (
            '"Reporting Range=[""Weekly""]",,\nRank,Term,Clicks\n1,a,2\n',
            ANY,
            1,
            ["Rank", "Term", "Clicks"],
        ),
        # A header with a stray quote is a header.
        ('"a","b"c,"d"\n1,2,3\n', ANY, 0, ["a", "bc", "d"]),
        # The header alone, without a row.
        ('"All amounts in EUR"\n"a","b","c"\n', ANY, 1, ["a", "b", "c"]),
        # Names and values above, padded or not, with a blank line or without.
        (
            "Name\tX\nPlan\t\n\nSKU\tTitle\tASIN\tUnits\n1\ta\tb\t2\n",
            ANY,
            3,
            ["SKU", "Title", "ASIN", "Units"],
        ),
        (
            "Account,X,,\nPeriod,2026,,\nSKU,Title,ASIN,Units\n1,a,b,2\n",
            ANY,
            2,
            ["SKU", "Title", "ASIN", "Units"],
        ),
        # One such line is not enough, nor a single cell, nor a table of two columns.
        ("Account,X\nSKU,Title,ASIN,Units\n", ANY, 0, ["Account", "X"]),
        ("SKU,Units\n1,2\n3,4\n5,6,7,8\n9,1\n", ANY, 0, ["SKU", "Units"]),
        ("SKU,Units\n1,2\n3,4\n5,6\n", ANY, 0, ["SKU", "Units"]),
        # The header of a known type, below a sentence without quotes.
        (
            "Made by Amazon, for you, today\nreimbursement-id,sku,asin,amount-total\nR,S,A,1\n",
            ANY,
            1,
            ["reimbursement-id", "sku", "asin", "amount-total"],
        ),
        # A row is not a header if a line above is as wide.
        ("a,b,c,d\nreimbursement-id,sku,asin,amount-total\n", ANY, 0, [*"abcd"]),
        # Known columns are found wherever they stand, whatever the lines above look like.
        (
            "Report\tof\tToday\n1\t2\t3\nreimbursement-id\tsku\tasin\nR\tS\tA\n",
            REIMBURSEMENTS,
            2,
            ["reimbursement-id", "sku", "asin"],
        ),
        (
            "made by Amazon, for you\nreimbursement-id\tsku\nR\tS\n",
            REIMBURSEMENTS,
            1,
            ["reimbursement-id", "sku"],
        ),
        # Headers in an unknown language stay the first line.
        ("Datum\tOcena\tUwagi\n1\t2\t3\n", FEEDBACK, 0, ["Datum", "Ocena", "Uwagi"]),
        # A cell that is cut where the beginning ends is not a reason to fail.
        ('a,b,c\n1,2,"3 and so', ANY, 0, ["a", "b", "c"]),
    ],
)
def test_header_is_found(
    head: str, report_type: report_types.ReportType, before: int, cells: list[str]
) -> None:
    found = find_header(head, report_type)

    assert (found.before, found.cells) == (before, cells)


ROW = "a,b,c,d\n1,2,3,4\n"


@pytest.mark.parametrize(
    ("above", "settings"),
    [
        ("", ""),
        ('"This explains the columns"\n', ""),
        (
            'Reporting Range=["Quarterly"],Select year=["2026"]\n',
            '{"Reporting Range": ["Quarterly"], "Select year": ["2026"]}',
        ),
        ('Department=["Books","Toys, Games"]\n', '{"Department": ["Books", "Toys, Games"]}'),
        ('"Reporting Range=[""Weekly""]",,\n', '{"Reporting Range": ["Weekly"]}'),
        ('"All amounts in USD, unless specified"\n', '{"currency": "USD"}'),
        ('"Alle Beträge in EUR",,\n"Zeiten in UTC",,\n', '{"currency": "EUR", "time zone": "UTC"}'),
        ('"全額は円で表示しています"\n', '{"currency": "JPY"}'),
        ("Account,X\nPeriod,\n", '{"Account": "X", "Period": ""}'),
        # Two currencies say nothing about the amounts, and a tax is not a time zone.
        ('"Amounts in EUR or GBP, GST included"\n', ""),
    ],
)
def test_settings_above_a_header_are_kept(above: str, settings: str) -> None:
    assert find_header(above + ROW, ANY).preamble == settings


SHIPMENT = "Merchant SKU\tTitle\tASIN\tFNSKU\tCondition\tWho will prep?\tShipped\n"


@pytest.mark.parametrize("known", [ANY, report_types.load("FBA_SHIPMENT_CONTENTS")])
@pytest.mark.parametrize(
    ("above", "settings"),
    [
        ("Shipment ID\tFBA1\nPlan ID\t\n\n", '{"Shipment ID": "FBA1", "Plan ID": ""}'),
        ("Shipment ID\tFBA1\t\t\nName\tX\t\t\n", '{"Shipment ID": "FBA1", "Name": "X"}'),
        # Sentences, padded by a spreadsheet or not.
        ("This explains\t\t\nthe columns\t\t\n", ""),
        ("This explains\nthe columns\n", ""),
        # A single line may be a title with a comma in it, and a nameless value is no setting.
        ("This explains\tthe columns\n", ""),
        ("Shipment ID\tFBA1\n\tX\n", ""),
    ],
)
def test_settings_above_a_known_header_are_kept(known, above: str, settings: str) -> None:
    found = find_header(f"{above}{SHIPMENT}A\tLamp\tB0\tX0\tNew\tNone\t1\n", known)

    assert found.cells[0] == "Merchant SKU"
    assert found.preamble == settings


@pytest.mark.parametrize(
    ("header", "settings"),
    [
        ("Date,Other,Total (CAD)\n", '{"currency": "CAD"}'),
        ("日付,その他,合計（JPY）\n", '{"currency": "JPY"}'),
        ("Sales (USD),Fees (USD),Total\n", '{"currency": "USD"}'),
        ("Sales (USD),Sales (EUR),Total\n", ""),
        ("Date,Rate (USD to EUR),Total USD\n", ""),
        ('"Amounts in EUR"\nDate,Other,Total (CAD)\n', '{"currency": "EUR"}'),
    ],
)
def test_currency_in_a_header_is_kept(header: str, settings: str) -> None:
    assert find_header(f"{header}1,2,3\n", ANY).preamble == settings


@pytest.mark.parametrize("head", ["", "\n\n", " \t \n", ",,\n"])
def test_document_without_a_header_is_empty(head: str) -> None:
    with pytest.raises(UnreadableDocument, match="empty and has no header line"):
        find_header(head, ANY)


def test_header_line_has_a_limit() -> None:
    with pytest.raises(UnreadableDocument, match="first line is longer than 65536"):
        find_header("a\t" * LONGEST_HEADER, ANY)


@pytest.mark.parametrize(
    "head",
    ["\x00\x00\x00", "SQLite format 3\x00\x10\x00\x01\x01\x00", "\x7fELF\x02\x01\x01\x00\tb"],
)
def test_binary_content_is_refused(head: str) -> None:
    with pytest.raises(UnreadableDocument, match="the document is not text"):
        find_header(head, ANY)


def test_an_unusual_character_in_a_header_does_not_change_its_meaning() -> None:
    cells = ["seller-sku", "fulfillment-channel-sku\x1a"]
    assert find_header("\t".join(cells), ANY).cells == cells
