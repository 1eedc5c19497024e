"""How the lines of a document with tabs, commas or semicolons between its cells are made.

In a tab file quotes are ordinary characters (`4" x 2"`), unless every cell of the header is wrapped
in them, as in the ledger reports. A comma file follows the rules of the csv module, and so does one
with semicolons: what a spreadsheet makes of a report where the comma is the decimal mark.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2739,
https://github.com/jlevers/selling-partner-api/issues/387
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TAB = "\t"
COMMA = ","
SEMICOLON = ";"

_FEWEST_SEMICOLONS = 2  # of a header; one may stand in a name

LINE_END = re.compile(r"\r*\n|\r")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a document are made.

    ``line_end`` is a line feed also where carriage returns stand before it; ``wrapped`` says that
    every cell of a tab file stands in one pair of quotes.
    """

    delimiter: str
    line_end: str
    wrapped: bool = False

    @property
    def quoted(self) -> bool:
        """Whether a quote is more than an ordinary character."""
        return self.delimiter != TAB


def line_end_of(head: str) -> str:
    """Return what ends the lines of a document that begins with ``head``."""
    end = LINE_END.search(head.lstrip("\r\n"))
    return "\r" if end and end[0] == "\r" else "\n"


def layout_of(line: str, line_end: str) -> Layout:
    """Tell the layout by the header line."""
    if TAB not in line and COMMA in line:
        return Layout(COMMA, line_end)
    if TAB not in line and _has_semicolons(line):
        return Layout(SEMICOLON, line_end)
    return Layout(TAB, line_end, wrapped=all(map(is_wrapped, line.split(TAB))))


def _has_semicolons(line: str) -> bool:
    """Whether semicolons divide names, not the parts of a sentence."""
    return line.count(SEMICOLON) >= _FEWEST_SEMICOLONS and f"{SEMICOLON} " not in line


def is_wrapped(cell: str) -> bool:
    """Whether a cell stands in one pair of quotes."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"'
