"""Encode record batches as lines of RECORD messages, with an encoder made for their columns.

The work that takes most time per record in the Singer SDK is done once per document: the columns,
their selection, and the text that all messages share. Adjacent columns that have one value in all
rows of a batch are encoded once per batch. The lines are identical to those of the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, repeat

import msgspec

from tap_mws_reports.documents import RecordBatch

_encoder = msgspec.json.Encoder()


def json_number(digits: str) -> msgspec.Raw:
    """Return an encoded JSON number with these digits."""
    return msgspec.Raw(digits.encode())


class RecordEncoder:
    """Encodes batches with the same columns and constants as the first one.

    Args:
        stream: the stream name in the messages.
        block: the first batch.
        selected: whether a column is to be written. At least one is, as part of the key.
        version: the stream version, or None.
    """

    def __init__(
        self, stream: str, block: RecordBatch, selected: Callable[[str], bool], version: int | None
    ) -> None:
        self._names, self._constants = block.names, block.constants
        self._places = [place for place, name in enumerate(block.names) if selected(name)]
        shared = {name: value for name, value in block.constants.items() if selected(name)}
        self._shared = (repeat(_members(shared)),) if shared else ()
        self._shared_key = list(shared)[:1]
        # A column that varied once is not checked again: each change costs a new class.
        self._constant = set(self._places)
        self._runs: list[list[int]] = []
        self._row: type[msgspec.Struct] | None = None
        self._before = repeat(_members({"type": "RECORD", "stream": stream}))
        self._version = {} if version is None else {"version": version}
        self._message = _struct(["type", "record", *(self._version or ["time_extracted"])])

    def fits(self, block: RecordBatch) -> bool:
        """Whether a batch has the columns and constants of the first one."""
        return self._names == block.names and self._constants == block.constants

    def lines(self, block: RecordBatch, now: datetime) -> bytes:
        """Return the messages of a batch, one per line."""
        after = repeat(_members({**self._version, "time_extracted": now}))
        messages = map(self._message, self._before, self._rows(block), after)
        return _encoder.encode_lines(list(messages))

    def parts(self, block: RecordBatch, now: datetime) -> Iterator[tuple[bytes, int]]:
        """Yield the messages of a batch, and their number; see `ArrowRecordEncoder`."""
        yield self.lines(block, now), len(block)

    def bare_lines(self, block: RecordBatch) -> bytes:
        """Return the rows of a batch without messages, one per line."""
        return _encoder.encode_lines(list(self._rows(block)))

    def _rows(self, block: RecordBatch) -> Iterator[msgspec.Struct]:
        constant = {place for place in self._constant if _is_constant(block.columns[place])}
        if self._row is None or constant != self._constant:
            self._constant = constant
            self._row = self._struct_of_rows()
        fields: list[Iterable[object]] = []
        for run in self._runs:
            if run[0] in constant:
                fields.append(repeat(_members(self._first_values(block, run)), len(block)))
            else:
                fields.append(block.columns[run[0]])
        return map(self._row, *self._shared, *fields)

    def _struct_of_rows(self) -> type[msgspec.Struct]:
        """Find the runs of constant columns; return a class with a field for each other one."""
        self._runs = []
        for is_constant, places in groupby(self._places, self._constant.__contains__):
            run = list(places)
            self._runs += [run] if is_constant else [[place] for place in run]
        return _struct([*self._shared_key, *(self._names[run[0]] for run in self._runs)])

    def _first_values(self, block: RecordBatch, places: Sequence[int]) -> Mapping[str, object]:
        return {self._names[place]: block.columns[place][0] for place in places}


def _is_constant(values: Sequence[object]) -> bool:
    """Whether all values are equal and encoded alike, as numbers and booleans need not be."""
    if not values:
        return False
    first = values[0]
    if first is not None and not isinstance(first, str | msgspec.Raw):
        return False
    return first == values[-1] and values.count(first) == len(values)


def _members(values: Mapping[str, object]) -> msgspec.Raw:
    """Return what follows the first key in the JSON object of these values.

    It is written as the value of that key, so members that all rows share are encoded once.
    """
    _key, first_and_others = _encoder.encode(values)[:-1].split(b":", 1)
    return msgspec.Raw(first_and_others)


def _struct(keys: Sequence[str]) -> type[msgspec.Struct]:
    """Create a class whose instances are encoded as objects with these keys, in order."""
    fields = {f"field_{place}": key for place, key in enumerate(keys)}
    return msgspec.defstruct("Row", [(field, object) for field in fields], rename=fields, gc=False)
