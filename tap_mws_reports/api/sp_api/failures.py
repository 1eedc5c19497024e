"""Documents of FATAL reports, which say why the report failed.

Sources: https://developer-docs.amazon.com/sp-api/docs/verify-that-report-processing-is-complete,
https://github.com/amzn/selling-partner-api-docs/issues/3047
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

from tap_mws_reports.errors import ErrorDocument

_GZIP = b"\x1f\x8b"
_BEGINNING = 64 * 1024
_LONGEST = 500  # characters of words that are quoted


def failure(path: Path, report_id: str) -> ErrorDocument:
    """Return the error to raise for a failed report, with the words of its document."""
    words = _words(_beginning(path).decode("utf-8", errors="replace"))
    return ErrorDocument(
        f"Amazon ended report {report_id} as FATAL: {words or 'its document is empty'}",
        hint="check the settings of this report: its dates, options and marketplaces",
    )


def _beginning(path: Path) -> bytes:
    with path.open("rb") as document:
        packed = document.read(len(_GZIP)) == _GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as document:
            return document.read(_BEGINNING)
    except (OSError, EOFError, zlib.error):
        return b""


def _words(text: str) -> str:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    details = told.get("errorDetails") if isinstance(told, dict) else None
    line = " ".join((details if isinstance(details, str) else text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()} ..."
