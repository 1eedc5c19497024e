"""Detect binary documents, which have no rows, by their first bytes.

Source of the names: https://www.iana.org/assignments/media-types/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEAD_SIZE = 64 * 1024
"""How many bytes of a document are inspected."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """A file type: its media type, file name suffix and display name."""

    name: str
    suffix: str
    called: str


_ZIP = MediaType("application/zip", ".zip", "a ZIP archive")
_XLSX = MediaType(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "an XLSX workbook"
)
_GZIP = MediaType("application/gzip", ".gz", "gzip-compressed more than twice")
_JPEG = MediaType("image/jpeg", ".jpg", "a JPEG image")
_TIFF = MediaType("image/tiff", ".tif", "a TIFF image")

_MAGIC = {
    b"%PDF-": MediaType("application/pdf", ".pdf", "a PDF"),
    b"PK\x03\x04": _ZIP,
    b"PK\x05\x06": _ZIP,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": MediaType(
        "application/x-ole-storage", ".ole", "an old Office file"
    ),
    b"\x89PNG\r\n\x1a\n": MediaType("image/png", ".png", "a PNG image"),
    b"\xff\xd8\xff": _JPEG,
    b"GIF87a": MediaType("image/gif", ".gif", "a GIF image"),
    b"GIF89a": MediaType("image/gif", ".gif", "a GIF image"),
    b"II*\x00": _TIFF,
    b"MM\x00*": _TIFF,
    b"\x1f\x8b": _GZIP,
}

# A ZIP member in the folder of a workbook's sheets.
# Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7
_MEMBER_OF_WORKBOOK = re.compile(rb"(?s)PK\x03\x04.{26}xl/")


def media_type_of(path: Path) -> MediaType | None:
    """Return the file type of a binary document, or None if it may be text."""
    head = head_of(path)
    found = next((each for magic, each in _MAGIC.items() if head.startswith(magic)), None)
    return _XLSX if found is _ZIP and _MEMBER_OF_WORKBOOK.search(head) else found


def head_of(path: Path) -> bytes:
    """Return the first `HEAD_SIZE` bytes of a document."""
    with path.open("rb") as document:
        return document.read(HEAD_SIZE)
