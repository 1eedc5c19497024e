"""The formats of batch files. Only selected columns are written."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from typing import IO

from tap_mws_reports.documents import Block, Exact
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.batch_format import Format, Written
from tap_mws_reports.streams.batch_parquet import Parquet
from tap_mws_reports.streams.compiled import Compiled, exact_number

_QUICK = 1  # gzip's level; higher ones halve the speed and save a tenth of the size


class JsonLines:
    """One JSON object in a line for each row, compressed or not."""

    exact: Exact = staticmethod(exact_number)

    def __init__(self, written: Written, compression: str | None) -> None:
        self._written = written
        self._compressed = compression == "gzip"
        self.suffix = ".jsonl.gz" if self._compressed else ".jsonl"

    def write(self, blocks: Iterator[Block], file: IO[bytes]) -> None:
        """Write the rows; the same rows give the same bytes."""
        if not self._compressed:
            self._write(blocks, file)
            return
        with gzip.GzipFile("", "wb", _QUICK, file, mtime=0) as compressed:
            self._write(blocks, compressed)

    def _write(self, blocks: Iterator[Block], file: IO[bytes] | gzip.GzipFile) -> None:
        compiled: Compiled | None = None
        for block in blocks:
            if compiled is None or not compiled.fits(block):
                compiled = Compiled("", block, self._is_written, None)
            file.write(compiled.bare_lines(block))

    def _is_written(self, column: str) -> bool:
        return self._written(column) is not None


FORMATS: Mapping[str, Callable[[Written, str | None], Format]] = {
    "jsonl": JsonLines,
    "parquet": Parquet,
}


def make_format(name: str, written: Written, compression: str | None) -> Format:
    """Return the format of `batch_config.encoding`.

    Args:
        name: ``jsonl`` or ``parquet``.
        written: tells which columns are to be written.
        compression: ``gzip``, or ``none`` or None.

    Raises:
        SettingsError: there is no such format, or what it needs is not installed.
    """
    if name not in FORMATS:
        raise SettingsError(
            f"there are no batch files of the format `{name}`",
            where="setting `batch_config`",
            hint=f"choose one of {', '.join(FORMATS)}",
        )
    return FORMATS[name](written, compression)
