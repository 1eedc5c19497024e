"""The paths of a document: every place where an element, its text or an attribute can stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

_HINT = "try the report again later; if it stays so, look at the document"


def reject_xml(what: str) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(what, hint=_HINT)


MOST_NUMBERED = 50
"""How often an element that is not declared may repeat inside a row before it makes rows."""


@dataclass(slots=True)
class OccurrenceCounter:
    """Counts how often something occurs: in all, and at most inside one thing.

    ``whole`` and ``run`` are the number of the thing that is being read, and the count inside it.
    """

    total: int = 0
    most: int = 0
    whole: int = -1
    run: int = 0

    def add(self, whole: int) -> None:
        """Count one occurrence inside the thing with the number ``whole``."""
        self.total += 1
        self.run = self.run + 1 if whole == self.whole else 1
        self.whole = whole
        self.most = max(self.most, self.run)


@dataclass(slots=True)
class ValuePath:
    """A text or an attribute with one path.

    ``tally`` counts its values in one row element; ``first`` are the values themselves, or nothing
    when they are more than `MOST_NUMBERED`. ``place`` is that of its first column.
    """

    path: str
    tally: OccurrenceCounter = field(default_factory=OccurrenceCounter)
    first: list[str] = field(default_factory=list)
    place: int = -1

    def add(self, whole: int, value: str) -> None:
        """Count a value in the row element with the number ``whole``."""
        self.tally.add(whole)
        if self.tally.total <= MOST_NUMBERED:
            self.first.append(value)
        elif self.first:
            self.first = []


MOST_PATHS = 10_000
"""The number of different elements, texts and attributes, and of columns, of one document."""

DEEPEST = 100
"""How many elements may stand inside each other."""


class InferredSchema:
    """All paths of a document.

    Args:
        rows: the paths of row elements, below the document element.
    """

    def __init__(self, rows: Collection[str]) -> None:
        self._rows = rows
        self._paths = 0
        self.top = ElementNode(self, "", "", is_row=False)
        """Stands above the document element."""

    @property
    def document(self) -> ElementNode:
        """The document element."""
        return next(iter(self.top.children.values()))

    def nodes(self) -> Iterator[ElementNode]:
        """Yield all nodes, parents first, children in the order of their first appearance."""
        return self.document.all()

    def node(self, parent: ElementNode, name: str) -> ElementNode:
        """Make the node of an element that appears for the first time."""
        self._count()
        path = "" if parent is self.top else f"{parent.path}/{name}".removeprefix("/")
        if path.count("/") >= DEEPEST - 1:
            reject_xml(f"the document has more than {DEEPEST} elements inside each other")
        return ElementNode(self, path, name, is_row=path in self._rows)

    def leaf(self, path: str) -> ValuePath:
        """Make the leaf of a text or attribute that appears for the first time."""
        self._count()
        return ValuePath(path)

    def _count(self) -> None:
        self._paths += 1
        if self._paths > MOST_PATHS:
            reject_xml(f"the document has more than {MOST_PATHS} different elements and attributes")


class ElementNode:
    """All elements with one path, which is written below the document element.

    ``tally`` counts the elements in one parent.
    """

    __slots__ = ("_outline", "_tags", "attributes", "children", "is_row", "name", "path", "tally")

    def __init__(self, outline: InferredSchema, path: str, name: str, *, is_row: bool) -> None:
        self._outline = outline
        self._tags: dict[str, ElementNode] = {}
        self.path = path
        self.name = name
        self.is_row = is_row
        self.tally = OccurrenceCounter()
        self.children: dict[str, ElementNode] = {}
        self.attributes: dict[str, ValuePath] = {}
        """By name; that of the element's text is empty."""

    def child(self, tag: str) -> ElementNode:
        """Return the node of a child; a tag's namespace says nothing."""
        return self._tags.get(tag) or self._met(tag)

    def leaf(self, attribute: str) -> ValuePath:
        """Return the leaf of an attribute, or with an empty name that of the text."""
        return self.attributes.get(attribute) or self._new_leaf(attribute)

    def leaves(self) -> Iterator[ValuePath]:
        """Yield the text, if there is any, and then the attributes."""
        if "" in self.attributes:
            yield self.attributes[""]
        yield from (leaf for name, leaf in self.attributes.items() if name)

    def all(self) -> Iterator[ElementNode]:
        """Yield the node, and all below it."""
        yield self
        for child in self.children.values():
            yield from child.all()

    def outermost_rows(self) -> Iterator[ElementNode]:
        """Yield the row elements below that are in no other one below."""
        for child in self.children.values():
            if child.is_row:
                yield child
            else:
                yield from child.outermost_rows()

    def own_leaves(self) -> Iterator[ValuePath]:
        """Yield the leaves below that are in no row element below."""
        yield from self.leaves()
        for child in self.children.values():
            if not child.is_row:
                yield from child.own_leaves()

    def _met(self, tag: str) -> ElementNode:
        name = local_name(tag)
        if name not in self.children:
            self.children[name] = self._outline.node(self, name)
        self._tags[tag] = self.children[name]
        return self._tags[tag]

    def _new_leaf(self, attribute: str) -> ValuePath:
        path = f"{self.path}@{attribute}" if attribute else self.path or self.name
        self.attributes[attribute] = self._outline.leaf(path)
        return self.attributes[attribute]


def local_name(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]
