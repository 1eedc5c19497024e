"""The documents of the sandbox: the sellers' data in Amazon's formats."""

from __future__ import annotations

from tap_mws_reports.sandbox.reports.cells import ReportQuery
from tap_mws_reports.sandbox.reports.document import KNOWN, Document, has_rows, write
from tap_mws_reports.sandbox.reports.feed_summaries import FEED_SUMMARY
from tap_mws_reports.sandbox.reports.settlements import SETTLEMENT

__all__ = ["FEED_SUMMARY", "KNOWN", "SETTLEMENT", "Document", "ReportQuery", "has_rows", "write"]
