"""Binary documents, such as PDF: saved as files, with one record each.

File names contain seller, stream and report, so that a report that is read again replaces its file.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from tap_mws_reports.documents import MediaType, RecordBatch
from tap_mws_reports.errors import DocumentNotKept
from tap_mws_reports.report_types import Kind, ReportType

FILE_COLUMNS: dict[str, Kind] = {
    "file_path": Kind.TEXT,
    "file_type": Kind.TEXT,
    "file_name": Kind.TEXT,
    "file_size": Kind.INTEGER,
    "file_sha256": Kind.TEXT,
}
"""The columns of a file's record: absolute path, media type, name, bytes, SHA-256 in hex."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


def delivers_files(report_type: ReportType) -> bool:
    """Whether documents of a type are always files."""
    return report_type.format in {"pdf", "xlsx"}


def may_deliver_files(report_type: ReportType) -> bool:
    """Whether documents of a type may be files: also types without known columns."""
    return delivers_files(report_type) or not report_type.columns


def save_document(document: Path, media_type: MediaType, directory: Path, name: str) -> RecordBatch:
    """Copy a document to ``directory`` atomically, and return its record.

    Args:
        document: the decompressed file.
        media_type: the media type of the file.
        directory: the target directory; created if missing.
        name: the file name without suffix. Characters other than letters, digits, ``-`` and ``_``
            are replaced.

    Raises:
        DocumentNotKept: the directory or the file cannot be written.
    """
    path = directory.expanduser().absolute() / _file_name(name, media_type)
    try:
        _write(document, path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror or error}"
        hint = "set `documents_directory` to a writable folder with enough space"
        raise DocumentNotKept(what, hint=hint) from error
    return _record(str(path), media_type.name, path.name, path.stat().st_size, digest)


def _file_name(name: str, media_type: MediaType) -> str:
    return _NOT_IN_NAMES.sub("_", name) + media_type.suffix


def _write(document: Path, path: Path) -> None:
    """Write a file that only the user can read; move it into place when complete."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with open(descriptor, "wb") as target, document.open("rb") as source:  # noqa: PTH123 - open
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _record(*values: object) -> RecordBatch:
    names = (*FILE_COLUMNS, "_unparsed", "_extra", "_row_number")
    return RecordBatch(names, tuple([value] for value in (*values, None, None, 1)))
