"""The paths of elements, texts and attributes in an XML document."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

_HINT = "request the report again later; if the error persists, inspect the document"


def raise_invalid_xml(what: str) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(what, hint=_HINT)


MOST_NUMBERED = 50
"""How often an undeclared element may repeat in a row before it becomes a row element."""


@dataclass(slots=True)
class OccurrenceCounter:
    """Counts how often something occurs: in total, and at most inside one owner.

    ``owner`` is the number of the current owner element, ``in_owner`` the count inside it.
    """

    total: int = 0
    most: int = 0
    owner: int = -1
    in_owner: int = 0

    def add(self, owner: int) -> None:
        """Count one occurrence inside the element with the number ``owner``."""
        self.add_many(owner, 1)

    def add_many(self, owner: int, times: int) -> None:
        """Count several occurrences inside the element with the number ``owner``."""
        self.total += times
        self.in_owner = self.in_owner + times if owner == self.owner else times
        self.owner = owner
        self.most = max(self.most, self.in_owner)


@dataclass(slots=True, eq=False)
class ValuePath:
    """All texts or attributes with one path.

    ``occurrences`` counts its values per row element; ``first`` are the values, or empty if there
    are more than `MOST_NUMBERED`. ``place`` is the index of its first column.
    """

    path: str
    occurrences: OccurrenceCounter = field(default_factory=OccurrenceCounter)
    first: list[str] = field(default_factory=list)
    place: int = -1

    def add(self, owner: int, value: str) -> None:
        """Count a value in the row element with the number ``owner``."""
        self.occurrences.add(owner)
        if self.occurrences.total <= MOST_NUMBERED:
            self.first.append(value)
        elif self.first:
            self.first = []


MOST_PATHS = 10_000
"""The maximum number of different paths, and of columns, of a document."""

DEEPEST = 100
"""The maximum depth of nested elements."""


class InferredSchema:
    """All paths of a document.

    Args:
        rows: the paths of row elements, below the document element.
    """

    def __init__(self, rows: Collection[str]) -> None:
        self._rows = rows
        self._paths = 0
        self.top = ElementNode(self, "", "", is_row=False)
        """The parent of the document element."""

    @property
    def document(self) -> ElementNode:
        """The document element."""
        return next(iter(self.top.children.values()))

    def nodes(self) -> Iterator[ElementNode]:
        """Yield all nodes, parents first, children in the order of their first appearance."""
        return self.document.all()

    def node(self, parent: ElementNode, name: str) -> ElementNode:
        """Create the node of a new element path."""
        self._count()
        path = "" if parent is self.top else f"{parent.path}/{name}".removeprefix("/")
        if path.count("/") >= DEEPEST - 1:
            raise_invalid_xml(f"elements are nested more than {DEEPEST} levels deep")
        return ElementNode(self, path, name, is_row=path in self._rows)

    def leaf(self, path: str) -> ValuePath:
        """Create the leaf of a new text or attribute path."""
        self._count()
        return ValuePath(path)

    def _count(self) -> None:
        self._paths += 1
        if self._paths > MOST_PATHS:
            raise_invalid_xml(
                f"the document has more than {MOST_PATHS} different elements and attributes"
            )


class ElementNode:
    """All elements with one path, relative to the document element.

    ``occurrences`` counts the elements per parent.
    """

    __slots__ = (
        "_schema",
        "_tags",
        "attributes",
        "children",
        "is_row",
        "name",
        "occurrences",
        "path",
    )

    def __init__(self, schema: InferredSchema, path: str, name: str, *, is_row: bool) -> None:
        self._schema = schema
        self._tags: dict[str, ElementNode] = {}
        self.path = path
        self.name = name
        self.is_row = is_row
        self.occurrences = OccurrenceCounter()
        self.children: dict[str, ElementNode] = {}
        self.attributes: dict[str, ValuePath] = {}
        """By name; the name of the element's text is empty."""

    def child(self, tag: str) -> ElementNode:
        """Return the node of a child; namespaces are ignored."""
        return self._tags.get(tag) or self._new_child(tag)

    def leaf(self, attribute: str) -> ValuePath:
        """Return the leaf of an attribute; an empty name means the text."""
        return self.attributes.get(attribute) or self._new_leaf(attribute)

    def leaves(self) -> Iterator[ValuePath]:
        """Yield the leaf of the text, if any, and those of the attributes."""
        if "" in self.attributes:
            yield self.attributes[""]
        yield from (leaf for name, leaf in self.attributes.items() if name)

    def all(self) -> Iterator[ElementNode]:
        """Yield the node and all its descendants."""
        yield self
        for child in self.children.values():
            yield from child.all()

    def outermost_rows(self) -> Iterator[ElementNode]:
        """Yield the outermost row elements among the descendants."""
        for child in self.children.values():
            if child.is_row:
                yield child
            else:
                yield from child.outermost_rows()

    def own_leaves(self) -> Iterator[ValuePath]:
        """Yield the leaves that are not inside a nested row element."""
        yield from self.leaves()
        for child in self.children.values():
            if not child.is_row:
                yield from child.own_leaves()

    def _new_child(self, tag: str) -> ElementNode:
        name = local_name(tag)
        if name not in self.children:
            self.children[name] = self._schema.node(self, name)
        self._tags[tag] = self.children[name]
        return self._tags[tag]

    def _new_leaf(self, attribute: str) -> ValuePath:
        path = f"{self.path}@{attribute}" if attribute else self.path or self.name
        self.attributes[attribute] = self._schema.leaf(path)
        return self.attributes[attribute]


def local_name(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]
