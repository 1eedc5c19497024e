"""Iterate over the lists of a JSON document, and collect the values outside them.

A document is an object with lists in it, a bare list, or JSON lines (consecutive values).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tap_mws_reports.documents.json.block_decoder import (
    BlockDecoder,
    ElementBlock,
    count_elements,
)
from tap_mws_reports.documents.json.json_scanner import MAX_VALUE_LENGTH, JsonScanner
from tap_mws_reports.documents.json.json_values import (
    DEEPEST,
    Number,
    Object,
    Path,
    Value,
    cell_text,
    dotted,
    encodable,
    is_plain,
    raise_duplicate_key,
    raise_too_deep,
    raise_unreadable,
)

MOST_PATHS = 2_000
"""The maximum number of paths. Reports have fewer than a hundred, but keys may be data."""

ELEMENT = "value"
"""The header of an element that is not an object, and of an empty key."""

Cells = dict[int, str]
"""The texts of an element by the index of their path; null is left out."""


class PathNode(dict[str, "PathNode"]):
    """A path and its child paths by key.

    ``place`` is the index of the path in order of appearance.
    """

    __slots__ = ("element", "path", "place", "tree")

    def __init__(self, path: Path, tree: ValuePaths) -> None:
        super().__init__()
        if len(path) > DEEPEST:
            raise_too_deep(path, DEEPEST)
        self.path = path
        self.tree = tree
        self.place = tree.add(self)
        self.element = 0

    def __missing__(self, key: str) -> PathNode:
        self[key] = PathNode((*self.path, key), self.tree)
        return self[key]


class ValuePaths:
    """Flattens elements, and collects their paths."""

    def __init__(self) -> None:
        self._nodes: list[PathNode] = []
        self._root = PathNode((), self)
        self._elements = 0
        self._decode = BlockDecoder(self._root)

    def block(self, text: str, *, lines: bool) -> ElementBlock | None:
        """Return the texts of a block of elements, or None if `cells` has to read them."""
        return self._decode(text, len(self._nodes), lines=lines)

    def add(self, node: PathNode) -> int:
        """Add a path, and return its index."""
        if len(self._nodes) > MOST_PATHS:
            raise_unreadable(
                f"the rows have more than {MOST_PATHS} different keys,"
                f" the last of them `{dotted(node.path)}`"
            )
        self._nodes.append(node)
        return len(self._nodes) - 1

    def headers(self) -> list[str]:
        """Return the headers of all paths, by index."""
        return [dotted(node.path) or ELEMENT for node in self._nodes]

    def cells(self, value: Value, number: int, where: Path) -> Cells:
        """Return the texts of an element.

        Objects are flattened; lists within them are JSON text. An empty object has no text.

        Args:
            value: the element.
            number: its number in the list, from 1.
            where: the path of the list.

        Raises:
            UnreadableDocument: a key is duplicate, or nested too deeply.
        """
        self._elements += 1
        cells: Cells = {}
        if isinstance(value, tuple):
            self._fill(cells, value, self._root, (number, where))
        elif value is not None:
            cells[self._root.place] = cell_text(value, where)
        return _all_encodable(cells)

    def _fill(self, cells: Cells, pairs: Object, node: PathNode, where: tuple[int, Path]) -> None:
        for key, value in pairs:
            child = node[key]
            if child.element == self._elements:
                number, path = where
                raise_duplicate_key(child.path, f"element {number} of `{dotted(path)}`")
            child.element = self._elements
            kind = type(value)
            if kind is str:
                cells[child.place] = value  # type: ignore[assignment]
            elif kind is Number:
                cells[child.place] = str(value)
            elif isinstance(value, tuple):
                self._fill(cells, value, child, where)
            elif value is not None:
                cells[child.place] = cell_text(value, child.path)


def _all_encodable(cells: Cells) -> Cells:
    """Escape texts that cannot be encoded; nearly all can."""
    try:
        "".join(cells.values()).encode()
    except UnicodeEncodeError:
        return {place: encodable(text) for place, text in cells.items()}
    return cells


class DecodeBlock(Protocol):
    """Decodes consecutive elements at once; see `ValuePaths.block`."""

    def __call__(self, text: str, *, lines: bool) -> ElementBlock | None:
        """Return the elements, or None if they have to be read one by one."""


def _no_block(text: str, *, lines: bool) -> None:
    """Decode nothing: every element is read on its own."""


Element = tuple[Path, int, Value | ElementBlock]
"""The path of a list, the number of an element from 1, and its value."""


class ListIterator:
    """Iterates over the elements of a document's lists once.

    Args:
        text: the document.
        wanted: the path of the wanted list; None for every list that has objects or lists as
            elements.
        lines: whether the document is JSON lines, whose values are the elements of one list.
        decode_block: decodes many elements of a wanted list at once; None to read one by one.

    ``outer_values`` are the texts outside the lists by path, including lists of plain values as
    JSON text. ``counts`` are the numbers of elements of the lists. Both are complete after the
    last element. ``ended``: the document ended there.
    """

    def __init__(
        self,
        text: JsonScanner,
        wanted: Path | None,
        *,
        lines: bool,
        decode_block: DecodeBlock | None = None,
    ) -> None:
        self._text = text
        self._wanted = wanted
        self._lines = lines
        self._decode_block = decode_block or _no_block
        self._count_block = count_elements if decode_block else _no_block
        self.outer_values: dict[Path, str] = {}
        self.counts: dict[Path, int] = {}
        self.ended = False

    def elements(self) -> Iterator[Element]:
        """Yield the path of the list, the number from 1 and the value of every wanted element.

        In place of elements that were decoded at once, their block comes with the first's number.

        Raises:
            UnreadableDocument: the text is not JSON.
        """
        if self._lines:
            yield from self._all_values()
        else:
            yield from self._value(())
        self.ended = not self._text.peek()

    def _all_values(self) -> Iterator[Element]:
        number = 0
        while self._text.peek():
            yield (), number + 1, self._text.value()
            number += 1
            for block in self._blocks(self._decode_block):
                yield (), number + 1, block
                number += len(block)
        self.counts[()] = number

    def _value(self, path: Path) -> Iterator[Element]:
        first = self._text.peek()
        if first == "{":
            yield from self._object(path)
        elif first == "[":
            yield from self._list(path)
        else:
            self._add_outer_value(path, cell_text(self._text.value()))

    def _object(self, path: Path) -> Iterator[Element]:
        if len(path) > DEEPEST:
            raise_too_deep(path, DEEPEST)
        self._text.take("{")
        if self._text.peek() == "}":
            self._text.take("}")
            return
        keys: set[str] = set()
        end = ","
        while end == ",":
            key = self._text.key()
            if key in keys:
                raise_duplicate_key((*path, key), "the document")
            keys.add(key)
            yield from self._value((*path, key))
            end = self._text.take(",}")

    def _list(self, path: Path) -> Iterator[Element]:
        start = self._text.position
        plain: list[Value] = []
        may_be_plain, wanted = path != self._wanted, self._wanted in (None, path)
        number = 0
        for value in self._items(self._decode_block if wanted else self._count_block):
            if may_be_plain and not isinstance(value, ElementBlock) and is_plain(value):
                plain.append(value)
                self._check_length(path, start)
                continue
            may_be_plain = False
            for each in (*plain, value):
                if wanted:
                    yield path, number + 1, each
                number += len(each) if isinstance(each, ElementBlock) else 1
            plain.clear()
        if plain:
            self._add_outer_value(path, cell_text(plain))
        else:
            self.counts[path] = number

    def _check_length(self, path: Path, start: int) -> None:
        if self._text.position - start > MAX_VALUE_LENGTH:
            raise_unreadable(f"`{dotted(path)}` has too many values that are not objects")

    def _items(self, decode: DecodeBlock) -> Iterator[Value | ElementBlock]:
        self._text.take("[")
        if self._text.peek() == "]":
            self._text.take("]")
            return
        end = ","
        while end == ",":
            yield self._text.value()
            yield from self._blocks(decode)
            end = self._text.take(",]")

    def _blocks(self, decode: DecodeBlock) -> Iterator[ElementBlock]:
        """Yield blocks of the elements after the current one, as long as they can be decoded."""
        while text := self._text.elements_ahead():
            block = decode(text, lines=self._lines)
            if block is None:
                return
            self._text.skip_elements()
            yield block

    def _add_outer_value(self, path: Path, text: str) -> None:
        if len(self.outer_values) > MOST_PATHS:
            raise_unreadable(
                f"more than {MOST_PATHS} values outside the lists, such as `{dotted(path)}`"
            )
        self.outer_values[path] = encodable(text)
