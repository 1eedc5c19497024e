"""How the lines of a tab- or comma-separated document are made.

In a tab file quotes are ordinary characters (`4" x 2"`), unless every cell of the header is wrapped
in them, as in the ledger reports. A comma file follows the rules of the csv module.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2739,
https://github.com/jlevers/selling-partner-api/issues/387
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TAB = "\t"
COMMA = ","

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


def line_end_of(head: str) -> str:
    """Return what ends the lines of a document that begins with ``head``."""
    end = LINE_END.search(head.lstrip("\r\n"))
    return "\r" if end and end[0] == "\r" else "\n"


def layout_of(line: str, line_end: str) -> Layout:
    """Tell the layout by the header line."""
    if TAB not in line and COMMA in line:
        return Layout(COMMA, line_end)
    return Layout(TAB, line_end, wrapped=all(map(is_wrapped, line.split(TAB))))


def is_wrapped(cell: str) -> bool:
    """Whether a cell stands in one pair of quotes."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"'
