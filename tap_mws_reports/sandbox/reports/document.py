"""Report documents as bytes: the rows of a report type, in its columns and its charset."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from tap_mws_reports.sandbox.reports import (
    fba,
    feedback,
    listings,
    orders,
    orders_xml,
    sales_and_traffic,
    settlements,
    workbooks,
)
from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row
from tap_mws_reports.sandbox.sample_data import SellerData


@dataclass(frozen=True, slots=True)
class Document:
    """A report's bytes. ``charset`` is what the Content-Type says, None where it says nothing."""

    body: bytes
    charset: str | None


_ALL_ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
_ALL_LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
_LISTINGS = "_GET_MERCHANT_LISTINGS_DATA_"
_FEEDBACK = "_GET_SELLER_FEEDBACK_DATA_"

_ROWS: dict[str, Callable[[ReportQuery], Iterator[Row]]] = {
    _ALL_ORDERS: orders.by_last_update,
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_": orders.by_order_date,
    "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_": orders.unshipped,
    _LISTINGS: listings.active_listings,
    _ALL_LISTINGS: listings.all_listings,
    "_GET_FLAT_FILE_OPEN_LISTINGS_DATA_": listings.open_listings,
    "_GET_AFN_INVENTORY_DATA_": fba.stock,
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_": fba.managed,
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_": fba.returns,
    "_GET_FBA_REIMBURSEMENTS_DATA_": fba.reimbursements,
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_": fba.shipments,
    _FEEDBACK: feedback.feedback,
    settlements.SETTLEMENT: settlements.settlement,
}
_SALES_AND_TRAFFIC = sales_and_traffic.SALES_AND_TRAFFIC
_XML_ORDERS = orders_xml.XML_ORDERS
KNOWN = frozenset({*_ROWS, _SALES_AND_TRAFFIC, _XML_ORDERS, workbooks.QUOTES})
"""The report types that have documents, by their MWS names."""

_LAYOUT_OF = {"_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_": _ALL_ORDERS}
# As in recordings: listings are in UTF-8, settlements do not name their charset, and that of the
# others depends on the marketplace. The names are those of Java.
_CODECS: dict[str, tuple[str, str | None]] = {
    _ALL_LISTINGS: ("utf-8-sig", "utf-8"),
    settlements.SETTLEMENT: ("cp1252", None),
}
_JAVA_NAMES = {"cp1252": "windows-1252", "cp932": "windows-31j"}
_KEPT_DOCUMENTS = 64
_CRLF = frozenset({_ALL_ORDERS, "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"})


def has_rows(report_type: str, query: ReportQuery) -> bool:
    """Whether a report has anything to show. Raises KeyError for a type that is not `KNOWN`."""
    if report_type == _SALES_AND_TRAFFIC:
        return sales_and_traffic.has_sales(query)
    if report_type == _XML_ORDERS:
        report_type = _ALL_ORDERS
    return next(_ROWS[report_type](query), None) is not None


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def write(report_type: str, query: ReportQuery) -> Document:
    """Return a report; it is the same whenever it is written.

    Raises:
        KeyError: the sandbox has no documents of the type.
    """
    if report_type == _SALES_AND_TRAFFIC:
        return Document(sales_and_traffic.sales_and_traffic(query), "UTF-8")
    if report_type == workbooks.QUOTES:
        return Document(workbooks.workbook(query), None)
    if report_type == _XML_ORDERS:
        return Document(orders_xml.xml_orders(query), orders_xml.CHARSET)
    first = query.seller_data[0]
    headers = _headers(report_type)
    end_of_line = "\r\n" if report_type in _CRLF else "\n"
    lines = [_first_line(report_type, headers, first)]
    lines += ("\t".join(row.get(each, "") for each in headers) for row in _ROWS[report_type](query))
    codec, charset = _codec(report_type, first)
    return Document("".join(line + end_of_line for line in lines).encode(codec), charset)


@cache
def _layouts() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("layouts.toml").read_text("utf-8")
    return tomllib.loads(text)


def _headers(report_type: str) -> Sequence[str]:
    if report_type == _FEEDBACK:
        return feedback.HEADERS
    if report_type == _LISTINGS:
        return [header for header in _layouts()[_ALL_LISTINGS] if header != "status"]
    return _layouts()[_LAYOUT_OF.get(report_type, report_type)]


def _first_line(report_type: str, headers: Sequence[str], data: SellerData) -> str:
    if report_type == _FEEDBACK:
        return "\t".join(feedback.headers(data.marketplace))
    return "\t".join(headers)


def _codec(report_type: str, data: SellerData) -> tuple[str, str | None]:
    page = data.marketplace.code_page
    return _CODECS.get(report_type, (page, _JAVA_NAMES.get(page, page)))
