"""Translate errors of temporary files to one that names their folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tap_mws_reports.errors import TemporaryFileError


@contextmanager
def writing_temporary_files() -> Iterator[None]:
    """Translate the system's errors of files within the context.

    Raises:
        TemporaryFileError: a file or folder cannot be created or written.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # errors of HTTP clients have the same class
            raise
        what = f"a temporary file cannot be written: {error.strerror or error}"
        hint = "free disk space there, or set TMPDIR to another folder"
        raise TemporaryFileError(what, where=_place(), hint=hint) from error


def _place() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:  # no folder can be written to
        return ""
