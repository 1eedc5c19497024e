"""The paths at which the elements of lists have values: each is a column."""

from __future__ import annotations

from tap_mws_reports.documents.json.refusing import refuse_depth, refuse_repeat, refuse_value
from tap_mws_reports.documents.json.spelling import Path, dotted, encodable
from tap_mws_reports.documents.json.values import DEEPEST, Number, Object, Value, cell_text

MOST_PATHS = 2_000
"""How many a document may have. Real ones have fewer than a hundred, but keys may be data."""

ELEMENT = "value"
"""The header of an element that is no object, and of an empty key."""

Cells = dict[int, str]
"""The texts of an element, by the place of their path; none for null."""


class Node(dict[str, "Node"]):
    """A path, and those that go on from it by one more key.

    ``place`` numbers the paths in the order in which they were met.
    """

    __slots__ = ("element", "path", "place", "tree")

    def __init__(self, path: Path, tree: Paths) -> None:
        super().__init__()
        if len(path) > DEEPEST:
            refuse_depth(path, DEEPEST)
        self.path = path
        self.tree = tree
        self.place = tree.add(self)
        self.element = 0

    def __missing__(self, key: str) -> Node:
        self[key] = Node((*self.path, key), self.tree)
        return self[key]


class Paths:
    """Takes elements apart, and keeps the paths it has met."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._root = Node((), self)
        self._elements = 0

    def add(self, node: Node) -> int:
        """Give a path its place."""
        if len(self._nodes) > MOST_PATHS:
            refuse_value(
                f"the rows have more than {MOST_PATHS} different keys,"
                f" the last of them `{dotted(node.path)}`"
            )
        self._nodes.append(node)
        return len(self._nodes) - 1

    def headers(self) -> list[str]:
        """Return the texts of all paths, in their places."""
        return [dotted(node.path) or ELEMENT for node in self._nodes]

    def cells(self, value: Value, number: int, where: Path) -> Cells:
        """Return the texts of an element.

        Objects are taken apart, lists within them are JSON text. An empty object has no text.

        Args:
            value: the element.
            number: its number in the list, from 1.
            where: the path of the list.

        Raises:
            UnreadableDocument: a key is there twice, or lies too deep.
        """
        self._elements += 1
        cells: Cells = {}
        if isinstance(value, tuple):
            self._fill(cells, value, self._root, (number, where))
        elif value is not None:
            cells[self._root.place] = cell_text(value, where)
        return _all_encodable(cells)

    def _fill(self, cells: Cells, pairs: Object, node: Node, where: tuple[int, Path]) -> None:
        for key, value in pairs:
            child = node[key]
            if child.element == self._elements:
                number, path = where
                refuse_repeat(child.path, f"element {number} of `{dotted(path)}`")
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
    """Return the texts so that they have bytes; nearly all have some anyway."""
    try:
        "".join(cells.values()).encode()
    except UnicodeEncodeError:
        return {place: encodable(text) for place, text in cells.items()}
    return cells
