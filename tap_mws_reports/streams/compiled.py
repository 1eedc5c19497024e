"""Blocks of rows to lines of RECORD messages, by an encoder made for their columns.

What costs most of the Singer SDK's time per record is done once per document here: which columns
there are and which are selected. The lines are the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import repeat

import msgspec

from tap_mws_reports.documents import Block

_encoder = msgspec.json.Encoder()


def exact_number(digits: str) -> msgspec.Raw:
    """Return the JSON number that has these digits, ready to be written."""
    return msgspec.Raw(digits.encode())


class Compiled:
    """Encodes blocks that have the same columns.

    Args:
        stream: the name in the messages.
        names: of the columns of all blocks.
        selected: whether a column is to be written.
        version: of the stream, or None.
    """

    def __init__(
        self,
        stream: str,
        names: tuple[str, ...],
        selected: Callable[[str], bool],
        version: int | None,
    ) -> None:
        self.names = names
        self._places = [place for place, name in enumerate(names) if selected(name)]
        written = [names[place] for place in self._places]
        self._row = _struct("Row", written)
        constants: dict[str, object] = {"type": "RECORD", "stream": stream}
        self._before = tuple(map(repeat, constants.values()))
        self._after = () if version is None else (repeat(version),)
        after = [] if version is None else ["version"]
        self._message = _struct("Message", [*constants, "record", *after, "time_extracted"])

    def lines(self, block: Block, now: datetime) -> bytes:
        """Return the messages of a block's rows, each in a line of its own."""
        messages = map(self._message, *self._before, self._rows(block), *self._after, repeat(now))
        return _encoder.encode_lines(list(messages))

    def bare_lines(self, block: Block) -> bytes:
        """Return the rows of a block without a message around them."""
        return _encoder.encode_lines(list(self._rows(block)))

    def _rows(self, block: Block) -> Iterator[msgspec.Struct]:
        return map(self._row, *(block.columns[place] for place in self._places))


def _struct(name: str, keys: list[str]) -> type[msgspec.Struct]:
    """Make a class whose instances are encoded as objects with the keys, in their order."""
    fields = {f"field_{place}": key for place, key in enumerate(keys)}
    return msgspec.defstruct(
        name, [(field, object) for field in fields], rename=fields, gc=False, frozen=False
    )
