"""Lines of a document that follow each other, on their way to columns of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

BLOCK_SIZE = 64 * 1024  # characters; larger blocks are slower, they fall out of the cache

Record = list[str]


@dataclass(frozen=True, slots=True)
class Lines:
    """The cells of lines that follow each other.

    ``first`` is the number of the first line in the document, from 1.
    """

    first: int
    records: list[Record]


def refuse(what: str) -> NoReturn:
    """Raise `UnreadableDocument` for a document that is no flat file."""
    raise UnreadableDocument(what, hint="look at the document; it is no flat file as Amazon makes")
