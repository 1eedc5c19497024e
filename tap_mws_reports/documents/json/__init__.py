"""JSON documents: the rows of a list inside, or of all of them, as a table has them."""

from __future__ import annotations

from tap_mws_reports.documents.json.json_document import JsonDocument, open_json

__all__ = ["JsonDocument", "open_json"]
