from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.report_types.entry_files import read
from tap_mws_reports.report_types.loader import with_translations
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.toml_table import BadEntry
from tap_mws_reports.report_types.type_detection import detect_type

TRANSLATIONS = {
    file.name: tomllib.loads(file.read_text("utf-8"))
    for file in resources.files(report_types).joinpath("localised_headers").iterdir()
}
PAIRS = [
    (file, local, header) for file, table in TRANSLATIONS.items() for local, header in table.items()
]
# Words of a language in brackets behind the English header, or inside a word: Turkey and Poland.
IN_BRACKETS = {
    *("price (fiyat)", "quantity (adet)", "expedited-shipping (ekspres kargo)"),
    *("pending-quantity (bekleyen adet)", "produkt-jest-(na)rynku"),
    *("ASIN (parent)", "ASIN (child)"),
}
SHIPMENTS = "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_"


def test_every_type_that_is_translated_has_an_entry() -> None:
    assert set(TRANSLATIONS) <= {f"{known.stream}.toml" for known in report_types.all_known()}


@pytest.mark.rows(("file", "local", "header"), PAIRS)
def test_every_translated_header_is_that_of_its_column(file, local, header) -> None:
    (spec,) = [spec for spec in read(file).columns if header_key(local) in spec.keys]
    assert spec.header == header


def test_no_translated_header_contains_a_remark() -> None:
    remark = re.compile(r"[(（][a-z ]+[)）]|[;→]")

    assert {local for _, local, _ in PAIRS if remark.search(local)} == IN_BRACKETS
    assert remark.search("商品备注 (mapped to condition by that tool)")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"Preis": "price-tag"}, r"listing\.toml: 'Preis': there is no column 'price-tag'"),
        ({"asin": "seller-sku"}, r"listing\.toml: 'asin': is also a header of 'asin'"),
    ],
)
def test_an_invalid_translation_is_refused(table, message) -> None:
    with pytest.raises(BadEntry, match=message):
        with_translations("listing.toml", report_types.load("_GET_AFN_INVENTORY_DATA_"), table)


def test_a_japanese_document_has_the_same_columns_and_is_recognised(tmp_path) -> None:
    headers = list(TRANSLATIONS["amazon_fulfilled_shipments_data.toml"])[:48]
    path = tmp_path / "report.csv"
    path.write_text("\t".join(headers) + "\n", "utf-8")
    assert [each.name for each in detect_type(headers)] == [SHIPMENTS]
    known = report_types.load(SHIPMENTS)
    table = open_table(
        path, report_type=known, charset=None, marketplace_format=MarketplaceFormat()
    )
    assert all(column.known for column in table.columns)
    assert {"amazon_order_id", "shipment_item_id"} <= {column.name for column in table.columns}
