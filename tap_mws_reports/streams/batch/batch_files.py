"""Write the rows of a document to the files of a BATCH message, in a folder or a bucket.

File names contain seller, stream and report, so that a report that is read again replaces its
files.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, groupby, takewhile
from operator import itemgetter
from typing import IO, Any, NoReturn

from singer_sdk.helpers._batch import StorageTarget
from upath import UPath

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.batch.batch_formats import BatchFormat

_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})
"""Protocols of stores with buckets, which have no folders."""


def _storage_errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """Return what storage raises, and others; some errors of S3's client are not `OSError`."""
    try:
        botocore = importlib.import_module("botocore.exceptions")
    except ImportError:
        return (OSError, *others)
    return (OSError, botocore.BotoCoreError, botocore.ClientError, *others)


class BatchStorage:
    """The location in `batch_config.storage`: a folder, created if missing, or a bucket's prefix.

    Buckets are not created: a misspelt name would become one.

    Raises:
        SettingsError: the place cannot be reached, or what its service needs is not installed.
    """

    def __init__(self, target: StorageTarget) -> None:
        self._prefix = target.prefix or ""
        try:
            self._root = UPath(target.root, **target.params).resolve()
            self._has_folders = self._root.protocol not in _OBJECT_STORES
            self._make_or_find_root()
            self._filesystem = _own_filesystem(self._root)
        except _storage_errors(ImportError, ValueError) as error:
            _refuse(target.root, error)

    def _make_or_find_root(self) -> None:
        if self._has_folders:
            self._root.mkdir(parents=True, exist_ok=True)
        else:
            # Raises the actual error; `exists` would report a missing bucket without a connection.
            self._root.fs.ls(self._root.drive, refresh=True)

    @contextmanager
    def new_file(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file that is written atomically: it appears when closed without an error.

        Raises:
            SettingsError: it cannot be written.
        """
        path = self._path(name)
        try:
            if self._has_folders:
                path.parent.mkdir(parents=True, exist_ok=True)
            with self._filesystem.transaction, self._filesystem.open(path.path, "wb") as file:
                yield file
        except _storage_errors() as error:
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


def _own_filesystem(root: UPath) -> Any:  # noqa: ANN401 - fsspec has no types
    """Return a file system that no other tap of the process uses: it has one transaction."""
    shared = root.fs
    return type(shared)(*shared.storage_args, skip_instance_cache=True, **shared.storage_options)


def _refuse(place: str, error: Exception) -> NoReturn:
    raise SettingsError(
        f"batch files cannot be written to {place}: {error}",
        where="setting `batch_config.storage`",
        hint="choose a place that can be written to, and install what its service needs",
    ) from error


def write_batch_files(
    blocks: Iterator[RecordBatch], storage: BatchStorage, name: str, form: BatchFormat, size: int
) -> list[str]:
    """Write the rows of a document and return the addresses of the files.

    Surplus files of an earlier run for the document are removed: a consumer that lists the folder
    would read their rows twice.

    Args:
        blocks: the rows; all blocks have the same columns.
        storage: where to write.
        name: begins the name of every file.
        form: the format of the files.
        size: how many rows go into a file.

    Raises:
        SettingsError: no row goes into a file, or the files cannot be written.
    """
    if size < 1:
        raise SettingsError(
            f"a batch file cannot hold {size} rows",
            where="setting `batch_config.batch_size`",
            hint="set it to 10000, or leave it out",
        )
    names = (f"{name}-{number:05}{form.suffix}" for number in count(1))
    manifest = []
    for _, of_one_file in groupby(_cut(blocks, size), key=itemgetter(0)):
        file_name = next(names)
        with storage.new_file(file_name) as file:
            form.write((block for _, block in of_one_file), file)
        manifest.append(storage.address(file_name))
    for _removed in takewhile(storage.remove, names):
        pass
    return manifest


def _cut(blocks: Iterator[RecordBatch], size: int) -> Iterator[tuple[int, RecordBatch]]:
    """Yield the blocks cut where a file is full, each with the number of its file, from 1."""
    rows = 0
    for block in blocks:
        start = 0
        while start < len(block):
            end = min(len(block), start + size - rows % size)
            yield rows // size + 1, block[start:end]
            rows += end - start
            start = end
