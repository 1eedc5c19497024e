"""The interface of document formats, and the value formats of marketplaces."""

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
    """How a marketplace writes text, times, dates and amounts.

    ``code_page`` is a Python codec, ``time_zone`` an IANA name, ``date_order`` the order of
    numeric dates, ``decimal_mark`` that of report types with localized amounts.
    """

    code_page: str = "cp1252"
    time_zone: str = "UTC"
    date_order: DateOrder = "YMD"
    decimal_mark: Literal[".", ","] = "."


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """A document as delivered, and its context."""

    path: Path
    report_type: ReportType
    charset: str | None
    """That of the Content-Type header, or None."""
    marketplace_format: MarketplaceFormat
    proved: bool = True
    """Whether its length or a checksum proves it complete."""


class DocumentReader(Protocol):
    """A document whose header has been read.

    ``before`` is the number of records of `lines` before the header; -1 if the header is not among
    the records.
    """

    @property
    def cells(self) -> Record:
        """The cells of the header."""

    @property
    def before(self) -> int:
        """The number of records before the header; -1 if it is not a record."""

    @property
    def decoding(self) -> Decoding:
        """How its bytes are decoded."""

    @property
    def lists(self) -> Mapping[str, int]:
        """The number of elements of each list, by path; empty for a single table."""

    def lines(self) -> Iterator[RowChunk]:
        """Yield all records in chunks; memory does not grow with the document."""
