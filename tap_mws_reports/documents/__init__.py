"""Parse report documents into typed rows. Independent of HTTP and Singer."""

from __future__ import annotations

from tap_mws_reports.documents.block_parser import Timestamps
from tap_mws_reports.documents.cells import Exact
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.decompression import decompressed
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.documents.engine import PYTHON, Engine
from tap_mws_reports.documents.media_types import MediaType, media_type_of
from tap_mws_reports.documents.record_batch import RecordBatch, Row
from tap_mws_reports.documents.row_filter import LineCounts
from tap_mws_reports.documents.table import Table, open_table

__all__ = [
    "PYTHON",
    "Column",
    "Decoding",
    "Engine",
    "Exact",
    "LineCounts",
    "MarketplaceFormat",
    "MediaType",
    "RecordBatch",
    "Row",
    "Table",
    "Timestamps",
    "decompressed",
    "media_type_of",
    "open_table",
]
