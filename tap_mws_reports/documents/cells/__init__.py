"""Cell readers, one per kind. A reader is created once per column and never guesses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tap_mws_reports.documents.cells.dates import date_reader
from tap_mws_reports.documents.cells.numbers import Exact, exact_reader, integer_reader
from tap_mws_reports.documents.cells.text import read_boolean, read_text
from tap_mws_reports.documents.cells.timestamps import timestamp_reader
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.report_types.kinds import Kind

Reader = Callable[[str], object]


def reader(
    kind: Kind,
    marketplace_format: MarketplaceFormat,
    exact: Exact = Decimal,
    *,
    local_numbers: bool = False,
    grouped_integers: bool = False,
) -> Reader:
    """Return the reader of a column.

    A reader converts the text of a cell to its value, or to None if the cell is empty. It raises
    ValueError for text that is not valid for the kind.

    Args:
        kind: the kind of the column.
        marketplace_format: the formats of the document's marketplace.
        exact: converts the digits of decimals.
        local_numbers: whether the report type writes amounts with the marketplace's decimal mark.
        grouped_integers: whether it may write whole numbers with commas between thousands in every
            marketplace.
    """
    numbers = marketplace_format.decimal_mark if local_numbers else "."
    readers: dict[Kind, Callable[[], Reader]] = {
        Kind.TEXT: lambda: read_text,
        Kind.INTEGER: lambda: integer_reader(
            numbers, marketplace_format.decimal_mark, grouped=grouped_integers
        ),
        Kind.DECIMAL: lambda: exact_reader(numbers, marketplace_format.decimal_mark, exact),
        Kind.BOOLEAN: lambda: read_boolean,
        Kind.DATE: lambda: date_reader(marketplace_format),
        Kind.TIMESTAMP: lambda: timestamp_reader(marketplace_format),
    }
    return readers[kind]()


__all__ = ["Exact", "Reader", "reader"]
