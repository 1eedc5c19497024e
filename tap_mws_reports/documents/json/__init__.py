"""JSON documents as tables: rows are the elements of one list or of all lists."""

from __future__ import annotations

from tap_mws_reports.documents.json.json_document import JsonDocument, open_json

__all__ = ["JsonDocument", "open_json"]
