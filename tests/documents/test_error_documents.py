from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNKNOWN = "_GET_SOMETHING_NEW_"

MESSAGES = [
    # report type, document, the words that must be in the error
    (ORDERS, b"Report date range exceeds 30 days", "Report date range exceeds 30 days"),
    (ORDERS, b"Sorry, the range is too long, try again.\r\n", "Sorry, the range is too long, try"),
    (ORDERS, b"Error", '"Error"'),
    (ORDERS, "日付の範囲が長すぎます".encode("cp932"), "日付の範囲が長すぎます"),
    (ORDERS, b"order-id sku price\n1 2 3\n", "order-id sku price 1 2 3"),
    (UNKNOWN, b"The date range exceeds the limit", "The date range exceeds the limit"),
    (UNKNOWN, b"Sorry, we cannot make this report, try later.", "Sorry, we cannot make"),
    (UNKNOWN, b"Your request failed. " * 100, ' ..."'),
    (UNKNOWN, "日付の範囲が長すぎます。".encode(), "日付の範囲が長すぎます。"),
    (ORDERS, "Leider ist das fehlgeschlagen, bitte später".encode(), "Leider ist das fehlge"),
    (ORDERS, "Désolé, le rapport n'est pas disponible.".encode("cp932", "ignore"), "le rapport"),
    (
        UNKNOWN,
        b"<!DOCTYPE html><html><style>p {}</style><body><h1>Service  Unavailable</h1></body>",
        '"Service Unavailable"',
    ),
    (UNKNOWN, b"\n<HTML><p>Bad gateway</p>", "Bad gateway"),
    (
        UNKNOWN,
        b'<?xml version="1.0"?>\n<ErrorResponse xmlns="http://mws.amazonaws.com/doc/2009-01-01/">'
        b"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Access to Reports denied"
        b"</Message></Error></ErrorResponse>",
        '"Access to Reports denied"',
    ),
    (UNKNOWN, b'{"errorDetails": "Invalid date range"}', ': "Invalid date range"'),
    (UNKNOWN, '{"errorDetails": "Invalid"}'.encode("utf-16"), ': "Invalid"'),
    (
        UNKNOWN,
        b'{"errors": [{"code": "InvalidInput", "message": "Too early"}]}',
        "Too early",
    ),
    (UNKNOWN, b'\xef\xbb\xbf{"error": "Denied", "asins": []}', "Denied"),
]

FORMS = [
    (b"", "is empty"),
    (b" \r\n\r\n", "is empty"),
    (b"\xef\xbb\xbf\n", "is empty"),
    (b"\x1f\x8b\x08\x00", "is gzip-compressed more than twice"),
    (b"%PDF-1.4", "is a PDF"),
    (b"PK\x03\x04", "is a ZIP archive"),
    (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
]

HEADERS = [
    (UNKNOWN, b"sku"),
    (UNKNOWN, b"sku,date of the first sale,quantity"),
    (UNKNOWN, b"estimated fee (in the future)\tsku"),
    (ORDERS, b"amazon-order-id"),
    (ORDERS, b"amazon-order-id,a sentence that ends here."),
    (ORDERS, '"注文番号","商品"'.encode()),
    (ORDERS, '"Numéro de la commande","Nom du produit"'.encode()),
    (ORDERS, "注文番号\t商品".encode()),
]


def open_document(tmp_path: Path, report_type: str, document: bytes) -> Table:
    path = tmp_path / "document.txt"
    path.write_bytes(document)
    marketplace_format = MarketplaceFormat(code_page="cp932")
    known = report_types.load(report_type)
    return open_table(path, report_type=known, charset=None, marketplace_format=marketplace_format)


@pytest.mark.parametrize(("report_type", "document", "words"), MESSAGES)
def test_message_in_place_of_a_report_is_raised_with_its_text(
    tmp_path: Path, report_type: str, document: bytes, words: str
) -> None:
    with pytest.raises(ErrorDocument) as caught:
        open_document(tmp_path, report_type, document)

    assert words in caught.value.what
    assert caught.value.where == f"{report_type}, document.txt"
    assert caught.value.hint


def test_code_of_an_error_response_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ErrorDocument) as caught:
        open_document(tmp_path, UNKNOWN, b"<Error><Code>AccessDenied</Code></Error>")

    assert caught.value.amazon_code == "AccessDenied"


@pytest.mark.parametrize(("document", "form"), FORMS)
def test_other_format_is_named(tmp_path: Path, document: bytes, form: str) -> None:
    with pytest.raises(UnreadableDocument, match=form) as caught:
        open_document(tmp_path, UNKNOWN, document)

    assert caught.value.where == f"{UNKNOWN}, document.txt"
    assert caught.value.hint


@pytest.mark.parametrize(("report_type", "document"), HEADERS)
def test_header_is_not_a_message(tmp_path: Path, report_type: str, document: bytes) -> None:
    table = open_document(tmp_path, report_type, document)

    assert list(table.rows()) == []
    assert table.columns
