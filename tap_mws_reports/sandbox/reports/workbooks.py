"""Reports that are files: a workbook with one sheet.

Source: https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tap_mws_reports.sandbox.reports.cells import ReportQuery, iso

QUOTES = "_RFQD_BULK_DOWNLOAD_"
_HEADERS = ("marketplace-id", "asin", "sku", "product-name", "price", "as-of")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINK = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/'
_PARTS = {
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Quotes" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_LINK}worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
    "_rels/.rels": f'{_LINK}officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="'
    'application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
}


def workbook(query: ReportQuery) -> bytes:
    """Return a workbook of the products for which business buyers may ask for quotes.

    What its columns are in Amazon's own is not known: no document was seen.
    """
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in (_HEADERS, *_rows(query)))
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, text in {"xl/worksheets/sheet1.xml": sheet, **_PARTS}.items():
            # With a date of its own the same report has other bytes each time.
            archive.writestr(ZipInfo(name), text.encode(), ZIP_DEFLATED)
    return file.getvalue()


def _rows(query: ReportQuery) -> Iterator[tuple[str, ...]]:
    for data in query.seller_data:
        place = data.marketplace.marketplace_id
        for product in data.products:
            price, asof = str(product.price), iso(query.now)
            yield place, product.asin, product.sku, product.title, price, asof


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'
