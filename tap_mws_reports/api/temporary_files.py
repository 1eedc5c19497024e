"""What goes wrong with temporary files is an error that says where they are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tap_mws_reports.errors import TemporaryFileError


@contextmanager
def writing_temporary_files() -> Iterator[None]:
    """Translate the system's errors of files within the context.

    Raises:
        TemporaryFileError: a file or folder cannot be made or written.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not the system's: errors of HTTP clients have its class as well
            raise
        what = f"a temporary file cannot be written: {error.strerror or error}"
        hint = "free disk space there, or set TMPDIR to another folder"
        raise TemporaryFileError(what, where=_place(), hint=hint) from error


def _place() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:  # no folder can be written to
        return ""
