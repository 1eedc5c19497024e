"""What a format of batch files has to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Protocol

from tap_mws_reports.documents import Block, Exact

Written = Callable[[str], Mapping[str, Any] | None]
"""Gives the JSON schema of a column that is to be written, and None for others."""


class Format(Protocol):
    """Writes files. ``exact`` is what it wants of the digits of decimals."""

    exact: Exact
    suffix: str

    def write(self, blocks: Iterator[Block], file: IO[bytes]) -> None:
        """Write the selected columns of the blocks, which all have the same columns."""
