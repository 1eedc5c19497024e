"""What every form of document is to a table: a header, and records of cells below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.lines import Lines, Record
from tap_mws_reports.report_types.report_type import ReportType


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document as it was delivered, and what is known of it beforehand.

    ``charset`` is what the Content-Type header announced, or None; ``habits`` are those of the
    marketplace it comes from.
    """

    path: Path
    report_type: ReportType
    charset: str | None
    habits: Habits


class Form(Protocol):
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

    def lines(self) -> Iterator[Lines]:
        """Yield all records of the document in blocks; memory does not grow with it."""
