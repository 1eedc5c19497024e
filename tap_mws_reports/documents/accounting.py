"""What became of every line of a document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tap_mws_reports.errors import RowsLost

HEADER_REPEAT = "header-repeat"
PREAMBLE = "preamble"


@dataclass(slots=True)
class Accounting:
    """Counts of a document's lines beside the header, and of what was made of them.

    The line breaks inside a quoted cell do not count. ``refusals`` are lines that are no rows, by
    reason. The counts are complete when the last row has been read.
    """

    lines: int = 0
    rows: int = 0
    blank: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """The lines that are no rows, whatever the reason."""
        return self.refusals.total()

    def __str__(self) -> str:
        """Say the counts in words, for the log."""
        out = f"{self.rows} rows, {self.blank} blank lines and {self.refused} refused lines out"
        return f"{self.lines} lines in, {out}"

    def check(self) -> None:
        """Raise `RowsLost` unless every line is accounted for."""
        if self.lines != self.rows + self.blank + self.refused:
            raise RowsLost(
                f"the counts do not add up: {self}",
                hint="please report this: the document was not read completely",
            )
