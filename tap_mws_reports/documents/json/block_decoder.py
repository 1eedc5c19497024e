"""Decode many elements of a list at once, with a decoder compiled for the paths seen so far.

msgspec is several times faster than the decoder of the standard library, but drops the first of two
equal keys, refuses lone surrogates, and rounds numbers. So values stay raw JSON text here, and a
block is decoded only if that loses nothing: it has no unknown path, no object in place of another
value, and no duplicate key (with which there are more quotes than those of the keys and values
found). The elements of any other block are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol

import msgspec

from tap_mws_reports.documents.json.json_values import DECODER, DEEPEST, Path, cell_text

MOST_CELLS = 100_000
"""The maximum number of cells in a decoded block: elements times paths."""

_MOST_MISFITS = 20
"""Blocks that do not fit before no more are tried, unless more do fit."""


@dataclass(frozen=True, slots=True)
class ElementBlock:
    """Consecutive elements of a list.

    ``columns`` are the texts by place; ``present`` are the places with a value that is not null.
    """

    size: int
    columns: Mapping[int, Sequence[str]]
    present: frozenset[int]

    def __len__(self) -> int:
        """The number of elements."""
        return self.size


class Misfit(Exception):
    """A block that has to be read element by element."""


class PathTree(Protocol):
    """What the decoder needs of a path: its keys, its place, and its child paths by key."""

    path: Path
    place: int

    def keys(self) -> Iterable[str]:
        """Return the keys of the children."""

    def values(self) -> Iterable[PathTree]:
        """Return the children, in the same order."""

    def __len__(self) -> int:
        """The number of children."""


class BlockDecoder:
    """Decodes the elements of lists that have no other paths than those in ``root``.

    Args:
        root: the paths; it may grow.
    """

    def __init__(self, root: PathTree) -> None:
        self._root = root
        self._plan: _ObjectPlan | None = None
        self._paths = 0
        self._fitting = 0

    def __call__(self, text: str, paths: int, *, lines: bool) -> ElementBlock | None:
        """Return the elements of a block, or None if it does not fit.

        Args:
            text: complete elements with commas between them, or with ``lines`` one per line.
            paths: the present number of paths.
            lines: whether the document is JSON lines.
        """
        if self._fitting < -_MOST_MISFITS or not len(self._root):
            return None
        try:
            if self._plan is None or self._paths != paths:
                self._plan, self._paths = _ObjectPlan(self._root), paths
            block = self._plan.block(text, paths, lines=lines)
        except (Misfit, msgspec.MsgspecError, RecursionError, ValueError):
            # A ValueError means a key that no field can have, such as one with a quote.
            self._fitting -= 1
            return None
        self._fitting += 1
        return block


def count_elements(text: str, *, lines: bool) -> ElementBlock | None:
    """Return a block without texts, or None if it is not plainly JSON."""
    try:
        elements = _decode(_ANY, text, lines=lines)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return None
    return ElementBlock(len(elements), {}, frozenset())


def _decode(decoder: _Decoders, text: str, *, lines: bool) -> Sequence[Any]:
    return decoder.lines.decode_lines(text) if lines else decoder.list.decode(f"[{text}]")


class _Decoders:
    """The decoders of a list of elements, and of elements one per line."""

    def __init__(self, element: object) -> None:
        self.list = msgspec.json.Decoder(list[element])  # type: ignore[valid-type]
        self.lines = msgspec.json.Decoder(element)


_ANY = _Decoders(msgspec.Raw)
_ABSENT = msgspec.UNSET


class _ObjectPlan:
    """How to read objects with the paths below one path.

    The fields of ``struct`` are the children of the path in order. Those without children are read
    as raw text, also lists; an object in their place does not fit.
    """

    def __init__(self, node: PathTree) -> None:
        self._children = [
            (child.place, child.path, _ObjectPlan(child) if len(child) else None)
            for child in node.values()
        ]
        fields = [
            (f"field_{index}", msgspec.Raw if plan is None else plan.struct | None, _ABSENT)
            for index, (_, _, plan) in enumerate(self._children)
        ]
        keys = {f"field_{index}": key for index, key in enumerate(node.keys())}
        self.struct: type[msgspec.Struct] = msgspec.defstruct(
            "Element", fields, rename=keys, forbid_unknown_fields=True, gc=False
        )
        self._empty = msgspec.structs.astuple(self.struct())
        self._decoders: _Decoders | None = None

    def block(self, text: str, paths: int, *, lines: bool) -> ElementBlock:
        """Return the elements of a block.

        Raises:
            Misfit, msgspec.MsgspecError: the block does not fit.
        """
        self._decoders = self._decoders or _Decoders(self.struct)
        elements = _decode(self._decoders, text, lines=lines)
        if len(elements) * paths > MOST_CELLS:
            raise Misfit
        found = _FoundCells()
        self._read(list(map(msgspec.structs.astuple, elements)), found)
        if found.quotes != text.count('"'):
            raise Misfit
        return ElementBlock(len(elements), found.columns, frozenset(found.present))

    def _read(self, objects: Sequence[tuple[object, ...]], found: _FoundCells) -> None:
        for (place, path, plan), values in zip(
            self._children, zip(*objects, strict=True), strict=True
        ):
            absent = values.count(_ABSENT)
            found.quotes += 2 * (len(values) - absent)
            if absent == len(values):
                continue
            if plan is None:
                found.add(place, path, values, absent)
            else:
                plan.read_inner(values, found)

    def read_inner(self, values: Sequence[object], found: _FoundCells) -> None:
        """Read objects that are values themselves, some of them null or absent."""
        empty = self._empty
        self._read(
            [
                msgspec.structs.astuple(value) if isinstance(value, msgspec.Struct) else empty
                for value in values
            ],
            found,
        )


class _FoundCells:
    """The texts of a block; ``quotes`` counts those of the keys and values."""

    def __init__(self) -> None:
        self.columns: dict[int, Sequence[str]] = {}
        self.present: set[int] = set()
        self.quotes = 0

    def add(self, place: int, path: Path, values: Sequence[object], absent: int) -> None:
        """Add the raw values of a path, of which some are absent."""
        raw = [b"" if value is _ABSENT else value for value in values] if absent else values
        joined = b"\n".join(raw).decode()  # type: ignore[arg-type]  # raw text is a buffer
        quotes = joined.count('"')
        self.quotes += quotes
        texts = _plain_strings(joined, len(values), quotes) if quotes else _plain_numbers(joined)
        if texts is not None:
            if quotes or any(texts):
                self.present.add(place)
            self.columns[place] = texts
            return
        each = (bytes(value).decode() or "null" for value in raw)  # type: ignore[call-overload]
        texts_or_none = [_text(value, path) for value in each]
        if any(text is not None for text in texts_or_none):
            self.present.add(place)
        self.columns[place] = [text or "" for text in texts_or_none]


def _plain_strings(joined: str, size: int, quotes: int) -> Sequence[str] | None:
    """Return the texts of strings without escapes, one per line; None if some are something else.

    No string contains a line feed: JSON escapes it.
    """
    if quotes != 2 * size or "\\" in joined or joined[0] != '"' or joined[-1] != '"':
        return None
    texts = joined[1:-1].split('"\n"')
    return texts if len(texts) == size else None


def _plain_numbers(joined: str) -> Sequence[str] | None:
    """Return numbers, `true` and `false` as they are; None if there are lists or objects."""
    if "[" in joined or "{" in joined:
        return None
    texts = joined.split("\n")
    return ["" if text == "null" else text for text in texts] if "n" in joined else texts


def _text(raw: str, path: Path) -> str | None:
    """Return the text of a value's cell; None for null."""
    first = raw[0]
    if first == '"':
        return DECODER.decode(raw) if "\\" in raw else raw[1:-1]
    if first == "n":
        return None
    if first == "{":
        raise Misfit
    return _list_text(raw, path) if first == "[" else raw


def _list_text(raw: str, path: Path) -> str:
    if raw.count("[") + raw.count("{") > DEEPEST:
        raise Misfit  # it may be nested too deeply
    return cell_text(DECODER.decode(raw), path)


def rows_of(
    block: ElementBlock, places: Sequence[int], before: Sequence[str], after: Sequence[str]
) -> Iterator[list[str]]:
    """Yield the texts at some places, element by element, between those that all have."""
    size = len(block)
    columns = [
        *(repeat(text, size) for text in before),
        *(block.columns.get(place) or repeat("", size) for place in places),
        *(repeat(text, size) for text in after),
    ]
    if columns:
        yield from map(list, zip(*columns, strict=True))
    else:
        yield from ([] for _ in range(size))
