"""The bytes of a report document to typed rows. Knows neither HTTP nor Singer."""

from __future__ import annotations

from tap_mws_reports.documents.accounting import Accounting
from tap_mws_reports.documents.block import Block, Row
from tap_mws_reports.documents.cells import Exact
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.containers import unpacked
from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.media_types import MediaType, media_type_of
from tap_mws_reports.documents.rows import Timestamps
from tap_mws_reports.documents.table import Table, open_table

__all__ = [
    "Accounting",
    "Block",
    "Column",
    "Decoding",
    "Exact",
    "Habits",
    "MediaType",
    "Row",
    "Table",
    "Timestamps",
    "media_type_of",
    "open_table",
    "unpacked",
]
