"""The storage of batch files: a folder, or a bucket of any service that fsspec supports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NoReturn

from singer_sdk.helpers._batch import StorageTarget
from upath import UPath

from tap_mws_reports.errors import SettingsError


class BatchStorage:
    """The location in `batch_config.storage`; created if missing.

    Raises:
        SettingsError: the place cannot be retrieved, or what its service needs is not installed.
    """

    def __init__(self, target: StorageTarget) -> None:
        self._prefix = target.prefix or ""
        try:
            self._root = UPath(target.root, **target.params).resolve()
            self._root.mkdir(parents=True, exist_ok=True)
        except (ImportError, ValueError, OSError) as error:
            _refuse(target.root, error)

    @contextmanager
    def new_file(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file that is written atomically: it appears when closed without an error.

        Raises:
            SettingsError: it cannot be written.
        """
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.fs.transaction, path.fs.open(path.path, "wb") as file:
                yield file
        except OSError as error:
            _refuse(str(path), error)

    def address(self, name: str) -> str:
        """Return the address of a file."""
        return str(self._path(name).as_uri())

    def remove(self, name: str) -> bool:
        """Remove a file; return whether it existed."""
        path = self._path(name)
        if there := path.exists():
            path.unlink()
        return bool(there)

    def _path(self, name: str) -> UPath:
        path: UPath = self._root / f"{self._prefix}{name}"
        return path


def _refuse(place: str, error: Exception) -> NoReturn:
    raise SettingsError(
        f"batch files cannot be written to {place}: {error}",
        where="setting `batch_config.storage`",
        hint="choose a place that can be written to, and install what its service needs",
    ) from error
