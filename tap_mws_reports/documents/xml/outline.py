"""The paths of a document: every place where an element, its text or an attribute can stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tap_mws_reports.documents.xml.leaf import Leaf, Tally
from tap_mws_reports.documents.xml.refusals import refuse

MOST_PATHS = 10_000
"""The number of different elements, texts and attributes, and of columns, of one document."""

DEEPEST = 100
"""How many elements may stand inside each other."""


class Outline:
    """All paths of a document.

    Args:
        rows: the paths of row elements, below the document element.
    """

    def __init__(self, rows: Collection[str]) -> None:
        self._rows = rows
        self._paths = 0
        self.top = Node(self, "", "", is_row=False)
        """Stands above the document element."""

    @property
    def document(self) -> Node:
        """The document element."""
        return next(iter(self.top.children.values()))

    def nodes(self) -> Iterator[Node]:
        """Yield all nodes, parents first, children in the order of their first appearance."""
        return self.document.all()

    def node(self, parent: Node, name: str) -> Node:
        """Make the node of an element that appears for the first time."""
        self._count()
        path = "" if parent is self.top else f"{parent.path}/{name}".removeprefix("/")
        if path.count("/") >= DEEPEST - 1:
            refuse(f"the document has more than {DEEPEST} elements inside each other")
        return Node(self, path, name, is_row=path in self._rows)

    def leaf(self, path: str) -> Leaf:
        """Make the leaf of a text or attribute that appears for the first time."""
        self._count()
        return Leaf(path)

    def _count(self) -> None:
        self._paths += 1
        if self._paths > MOST_PATHS:
            refuse(f"the document has more than {MOST_PATHS} different elements and attributes")


class Node:
    """All elements with one path, which is written below the document element.

    ``tally`` counts the elements in one parent.
    """

    __slots__ = ("_outline", "_tags", "attributes", "children", "is_row", "name", "path", "tally")

    def __init__(self, outline: Outline, path: str, name: str, *, is_row: bool) -> None:
        self._outline = outline
        self._tags: dict[str, Node] = {}
        self.path = path
        self.name = name
        self.is_row = is_row
        self.tally = Tally()
        self.children: dict[str, Node] = {}
        self.attributes: dict[str, Leaf] = {}
        """By name; that of the element's text is empty."""

    def child(self, tag: str) -> Node:
        """Return the node of a child; a tag's namespace says nothing."""
        return self._tags.get(tag) or self._met(tag)

    def leaf(self, attribute: str) -> Leaf:
        """Return the leaf of an attribute, or with an empty name that of the text."""
        return self.attributes.get(attribute) or self._new_leaf(attribute)

    def leaves(self) -> Iterator[Leaf]:
        """Yield the text, if there is any, and then the attributes."""
        if "" in self.attributes:
            yield self.attributes[""]
        yield from (leaf for name, leaf in self.attributes.items() if name)

    def all(self) -> Iterator[Node]:
        """Yield the node, and all below it."""
        yield self
        for child in self.children.values():
            yield from child.all()

    def outermost_rows(self) -> Iterator[Node]:
        """Yield the row elements below that are in no other one below."""
        for child in self.children.values():
            if child.is_row:
                yield child
            else:
                yield from child.outermost_rows()

    def own_leaves(self) -> Iterator[Leaf]:
        """Yield the leaves below that are in no row element below."""
        yield from self.leaves()
        for child in self.children.values():
            if not child.is_row:
                yield from child.own_leaves()

    def _met(self, tag: str) -> Node:
        name = local_name(tag)
        if name not in self.children:
            self.children[name] = self._outline.node(self, name)
        self._tags[tag] = self.children[name]
        return self._tags[tag]

    def _new_leaf(self, attribute: str) -> Leaf:
        path = f"{self.path}@{attribute}" if attribute else self.path or self.name
        self.attributes[attribute] = self._outline.leaf(path)
        return self.attributes[attribute]


def local_name(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]
