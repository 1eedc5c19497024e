"""Encode batches of Arrow arrays as lines of RECORD messages. Needs pyarrow.

The lines are those of `RecordEncoder`, to the byte. A line is joined from pieces of text, one for
each column whose values differ; what all rows of a batch share is encoded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.documents.arrow_columns import byte_range, bytes_of

_encoder = msgspec.json.Encoder()

_ESCAPED = r'["\\\x00-\x1f]'
"""The characters that JSON writes as others."""

_FIRST_PRINTABLE = ord(" ")

_PART_ROWS = 500
"""Rows of a part: a few hundred kilobytes of lines, which stay in the cache of the processor."""

_PART_SIZE = 1024**2
"""Bytes of a part of long rows, about, which has fewer of them: a stop waits for one part."""

_LONGEST_PREFIX = 200
"""Characters that are put before each different value of a column."""

_TRUE, _FALSE, _NULL = (pa.scalar(text) for text in ("true", "false", "null"))
_NOTHING, _QUOTE = pa.scalar(""), pa.scalar('"')


class ArrowRecordEncoder:
    """Encodes batches with the same columns and constants as the first one; see `RecordEncoder`.

    Columns are Arrow arrays, or sequences of text. Values of the type binary are JSON already.
    """

    def __init__(
        self, stream: str, block: RecordBatch, selected: Callable[[str], bool], version: int | None
    ) -> None:
        self._names, self._constants = block.names, block.constants
        self._places = [place for place, name in enumerate(block.names) if selected(name)]
        shared = {name: value for name, value in block.constants.items() if selected(name)}
        before = _json({"type": "RECORD", "stream": stream})[:-1]
        self._before = f'{before},"record":{_json(shared)[:-1]}'
        self._keys = [f",{_json(block.names[place])}:" for place in self._places]
        if not shared and self._keys:
            self._keys[0] = self._keys[0].removeprefix(",")
        self._version = {} if version is None else {"version": version}

    def fits(self, block: RecordBatch) -> bool:
        """Whether a batch has the columns and constants of the first one."""
        return self._names == block.names and self._constants == block.constants

    def parts(self, block: RecordBatch, now: datetime) -> Iterator[tuple[memoryview, int]]:
        """Yield the messages of a batch, one per line, and their number, in several parts."""
        after = _json({**self._version, "time_extracted": now})[1:]
        pieces = self._pieces(block, f"}},{after}\n")
        step = _rows_of_part(pieces, len(block))
        for start in range(0, len(block), step):
            some = [
                piece.slice(start, step) if isinstance(piece, pa.Array) else piece
                for piece in pieces
            ]
            lines = pc.binary_join_element_wise(*some, _NOTHING)
            yield memoryview(lines.buffers()[2]), len(lines)

    def _pieces(self, block: RecordBatch, after: str) -> Sequence[Any]:
        """Return arrays and scalars of text that are the lines if they are joined row by row."""
        pieces: list[Any] = []
        text = self._before
        for place, key in zip(self._places, self._keys, strict=True):
            text += key
            column = _array(block.columns[place])
            if (constant := _constant(column)) is not None:
                text += constant
            elif isinstance(column, pa.DictionaryArray):
                if len(text) > _LONGEST_PREFIX:
                    pieces.append(pa.scalar(text))
                    text = ""
                pieces.append(_repeated(column, text))
                text = ""
            elif pa.types.is_string(column.type) and not column.null_count:
                pieces += [pa.scalar(f'{text}"'), _escaped(column)]
                text = '"'
            else:
                pieces += [pa.scalar(text), _values(column)]
                text = ""
        # The rows have no number if all pieces are scalars.
        return [*pieces, pa.scalar(text + after) if pieces else pa.repeat(text + after, len(block))]


def _rows_of_part(pieces: Sequence[Any], rows: int) -> int:
    """Return how many of the rows are joined at once."""
    size = sum(
        piece.nbytes // rows if isinstance(piece, pa.Array) else len(piece.as_py())
        for piece in pieces
    )
    return max(1, min(_PART_ROWS, _PART_SIZE // size))


def _json(value: object) -> str:
    return _encoder.encode(value).decode()


def _array(column: Any) -> Any:  # noqa: ANN401
    if isinstance(column, pa.Array):
        return column
    try:
        return pa.array(column)
    except pa.ArrowException:
        # A key of numbers, with empty texts for nulls.
        return pa.array(list(map(_encoder.encode, column)), pa.binary())


def _constant(column: Any) -> str | None:  # noqa: ANN401
    """Return the JSON text of a column's value if all rows have the same one, else None."""
    if column.null_count == len(column):
        return "null"
    if column.null_count or not pa.types.is_string(column.type):
        return None
    if column[0] != column[-1] or not pc.all(pc.equal(column, column[0])).as_py():
        return None
    return _json(column[0].as_py())


def _repeated(column: Any, prefix: str) -> Any:  # noqa: ANN401
    """Return the JSON text of a column whose different values are encoded once, with a prefix."""
    values, places = _values(column.dictionary), column.indices
    if places.null_count:
        places = places.fill_null(len(values))
        values = pa.concat_arrays([values, pa.array(["null"])])
    return pc.binary_join_element_wise(prefix, values, _NOTHING).take(places)


def _values(values: Any) -> Any:  # noqa: ANN401
    """Return the JSON text of values."""
    if pa.types.is_boolean(values.type):
        texts = pc.if_else(values, _TRUE, _FALSE)
    elif pa.types.is_string(values.type):
        texts = pc.binary_join_element_wise(_QUOTE, _escaped(values), _QUOTE, _NOTHING)
    else:
        texts = values.cast(pa.string())
    return texts.fill_null(_NULL) if texts.null_count else texts


def _escaped(texts: Any) -> Any:  # noqa: ANN401
    """Return texts as they are written between quotes."""
    if not _has_escaped(texts):
        return texts
    odd = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), fill_value=False)
    escaped = [_json(text)[1:-1] for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(escaped, pa.string()))


def _has_escaped(texts: Any) -> bool:  # noqa: ANN401
    """Whether a text has a character of `_ESCAPED`. The bytes of all texts are tested at once."""
    data = bytes_of(texts)
    if not data.size:
        return False
    if byte_range(data)[0] < _FIRST_PRINTABLE:
        return True
    text = data.to_pybytes()
    return b'"' in text or b"\\" in text
