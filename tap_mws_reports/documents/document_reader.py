"""What every document format offers to a table, and how a marketplace writes values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.report_types.report_type import DateOrder, ReportType


@dataclass(frozen=True, slots=True)
class MarketplaceFormat:
    """The habits of the marketplace a document comes from.

    ``code_page`` is a Python codec, ``time_zone`` an IANA name, ``date_order`` the order of the
    parts in all-digit dates, ``decimal_mark`` the one used where amounts are written locally.
    """

    code_page: str = "cp1252"
    time_zone: str = "UTC"
    date_order: DateOrder = "YMD"
    decimal_mark: Literal[".", ","] = "."


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """A document as it was delivered, and what is known of it beforehand.

    ``charset`` is what the Content-Type header announced, or None; ``habits`` are those of the
    marketplace it comes from.
    """

    path: Path
    report_type: ReportType
    charset: str | None
    habits: MarketplaceFormat


class DocumentReader(Protocol):
    """A document whose header has been read.

    ``before`` is how many of the records that `lines` yields stand before the header, which is one
    of them, too; -1 when it is none of them.
    """

    @property
    def cells(self) -> Record:
        """The cells of the header."""

    @property
    def before(self) -> int:
        """How many records stand before the header."""

    @property
    def decoding(self) -> Decoding:
        """How its bytes are read as text."""

    @property
    def lists(self) -> Mapping[str, int]:
        """How many elements each list in it has, by its path; empty where it is one table."""

    def lines(self) -> Iterator[RowChunk]:
        """Yield all records of the document in blocks; memory does not grow with it."""
