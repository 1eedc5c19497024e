"""Files that commands write: they appear only when complete, and a failure is one error."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tap_mws_reports.errors import SettingsError

_FOR_ALL = 0o666
_FOR_THE_OWNER = 0o600


@contextmanager
def output_file(
    path: Path, *, where: str = "--output", for_owner: bool = False
) -> Iterator[IO[bytes]]:
    """Yield the stream of a file that replaces ``path`` when the context ends without an error.

    A device or a named pipe is written as it is, and the file behind a symbolic link is replaced.

    Args:
        path: the file.
        where: the option that named it, for the error.
        for_owner: only the owner may read it; else the umask decides.

    Raises:
        SettingsError: the file cannot be written.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("wb") as stream:
                yield stream
            return
        with _replaced(path.resolve(), _FOR_THE_OWNER if for_owner else _FOR_ALL) as stream:
            yield stream
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror or error}"
        hint = "name a file in a directory that exists, is writable and has space"
        raise SettingsError(what, where=where, hint=hint) from error


def make_directory(path: Path, *, where: str = "--output") -> None:
    """Make a directory, with those above it, if it is missing.

    Raises:
        SettingsError: it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the directory {path} cannot be created: {error.strerror or error}"
        hint = "name one in a directory that can be written to"
        raise SettingsError(what, where=where, hint=hint) from error


def write_text(path: Path, text: str, *, where: str = "--output", for_owner: bool = False) -> None:
    """Write a whole file, in UTF-8; as `output_file`."""
    with output_file(path, where=where, for_owner=for_owner) as stream:
        stream.write(text.encode())


def require_new_file(path: Path, hint: str, *, where: str = "--output") -> None:
    """Refuse to replace a file.

    Raises:
        SettingsError: the file exists.
    """
    if path.exists():
        raise SettingsError(f"{path} exists already", where=where, hint=hint)


@contextmanager
def _replaced(path: Path, mode: int) -> Iterator[IO[bytes]]:
    if path.is_dir():
        raise IsADirectoryError(None, "it is a directory")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(descriptor)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
