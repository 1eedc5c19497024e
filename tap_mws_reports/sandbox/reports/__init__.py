"""The documents of the sandbox: what sellers trade, as Amazon writes it down."""

from __future__ import annotations

from tap_mws_reports.sandbox.reports.cells import ReportScope
from tap_mws_reports.sandbox.reports.document import KNOWN, Document, has_rows, write
from tap_mws_reports.sandbox.reports.feed_summaries import FEED_SUMMARY
from tap_mws_reports.sandbox.reports.settlements import SETTLEMENT

__all__ = ["FEED_SUMMARY", "KNOWN", "SETTLEMENT", "Document", "ReportScope", "has_rows", "write"]
