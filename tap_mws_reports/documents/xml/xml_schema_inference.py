"""The first pass over an XML document: infer its paths, and check that it is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from tap_mws_reports.documents.xml.hardened_parser import parse
from tap_mws_reports.documents.xml.row_feed import RowShapes, parse_rows
from tap_mws_reports.documents.xml.sax_handler import Row, RowShape, SaxHandler
from tap_mws_reports.documents.xml.value_paths import (
    MOST_NUMBERED,
    ElementNode,
    InferredSchema,
    ValuePath,
)
from tap_mws_reports.report_types.report_type import ReportType

_HEAD_BLOCKS = 4
"""Blocks of text whose repeating elements are taken for granted."""


def infer_xml_schema(
    text: Callable[[], Iterable[str]], report_type: ReportType, row_shapes: RowShapes | None = None
) -> InferredSchema:
    """Read the paths of a document, and decide which are row elements.

    Args:
        text: returns the text of the document from its start, on every call.
        report_type: of the document.
        row_shapes: of the elements to read by their shape, or None.

    Raises:
        Displaced: with ``row_shapes``, the document must be read without it.
        UnreadableDocument: the document is malformed, truncated, or exceeds a limit.
    """
    declared = _declared(report_type)
    rows = declared | _ancestors(report_type.root)
    if not declared:
        rows |= _repeating_in_head(text(), row_shapes)
    while True:
        schema = _read_schema(text(), InferredSchema(rows), row_shapes)
        is_as_declared = any(node.path in declared for node in schema.nodes())
        more = frozenset(_repeating(schema, MOST_NUMBERED if is_as_declared else 1)) - rows
        if not more:
            return schema
        rows |= more


def _declared(report_type: ReportType) -> frozenset[str]:
    """Return the paths of the row elements of a type, including its root."""
    root = report_type.root
    below = {f"{root}/{path}".removeprefix("/") for path in report_type.row_elements}
    return frozenset(below | {root} if root else below)


def _ancestors(root: str) -> frozenset[str]:
    """Return the ancestors of a root: their values are kept even without the root."""
    steps = root.split("/")
    return frozenset("/".join(steps[:depth]) for depth in range(1, len(steps)))


def _repeating_in_head(text: Iterable[str], row_shapes: RowShapes | None) -> frozenset[str]:
    """Return the paths of elements that repeat in the beginning of a document.

    They repeat in all of it, and so the first pass over the whole usually knows all row elements.
    """
    schema = InferredSchema(frozenset())
    builder = _SchemaBuilder(schema.top)
    passes = parse_rows(text, builder, row_shapes) if row_shapes else parse(text, builder)
    for _ in islice(passes, _HEAD_BLOCKS):
        pass
    return frozenset(_repeating(schema, 1))


def _read_schema(
    text: Iterable[str], schema: InferredSchema, row_shapes: RowShapes | None
) -> InferredSchema:
    builder = _SchemaBuilder(schema.top)
    for _ in parse_rows(text, builder, row_shapes) if row_shapes else parse(text, builder):
        pass
    return schema


def _repeating(schema: InferredSchema, limit: int) -> Iterator[str]:
    """Yield the paths of elements that repeat, or whose values repeat, beyond the limit."""
    for node in schema.nodes():
        if node.occurrences.most > limit:
            yield node.path
    for owner in schema.nodes():
        if owner.is_row or owner is schema.document:
            yield from _repeating_inside(owner, limit)


def _repeating_inside(owner: ElementNode, limit: int) -> Iterator[str]:
    """Yield the repeating elements inside a row element whose values exceed the limit."""
    for child in owner.children.values():
        if child.is_row:
            continue
        if child.occurrences.most > 1 and any(
            leaf.occurrences.most > limit for leaf in child.own_leaves()
        ):
            yield child.path
        yield from _repeating_inside(child, limit)


class _SchemaBuilder(SaxHandler):
    """Counts elements per parent, and values per innermost enclosing row element."""

    def __init__(self, parent: ElementNode) -> None:
        super().__init__(parent)
        self._elements = 0
        self._parents = [0]
        self._owners = [0]
        self._effects: dict[tuple[ElementNode, RowShape], _ShapeEffect] = {}

    def rows(self, run: Sequence[Row]) -> None:
        parent = self._open[-1]
        times: Counter[_ShapeEffect] = Counter()
        for shape, texts in run:
            effect = self._effects.get((parent, shape))
            if effect and effect.is_only_counted():
                times[effect] += 1
                continue
            shape.replay(self, texts)
            if effect is None:
                self._effects[parent, shape] = _ShapeEffect(parent, shape)
        for effect, number in times.items():
            effect.add(number, self._parents[-1], self._owners[-1])

    def enter(self, node: ElementNode) -> None:
        self._elements += 1
        node.occurrences.add(self._parents[-1])
        self._parents.append(self._elements)
        if node.is_row:
            self._owners.append(self._elements)

    def found(self, leaf: ValuePath, value: str) -> None:
        leaf.add(self._owners[-1], value)

    def leave(self, node: ElementNode) -> None:
        self._parents.pop()
        if node.is_row:
            self._owners.pop()


class _ShapeEffect:
    """The effect on the schema of elements with a known shape: only counts."""

    def __init__(self, parent: ElementNode, shape: RowShape) -> None:
        recorder = _CountRecorder(parent)
        shape.replay(recorder, shape.markers)
        self._root = recorder.root
        self._nodes = recorder.nodes
        self._inner, self._outer = recorder.inner, recorder.outer
        self._is_only_counted = False

    def is_only_counted(self) -> bool:
        """Whether further values are only counted, because none of their paths keeps them."""
        if not self._is_only_counted:
            self._is_only_counted = all(
                leaf.occurrences.total > MOST_NUMBERED for leaf in (*self._inner, *self._outer)
            )
        return self._is_only_counted

    def add(self, times: int, parent: int, owner: int) -> None:
        """Count so many elements inside the elements with these numbers."""
        for node, number in self._nodes.items():
            if node is not self._root:
                node.occurrences.total += times * number
        if self._root:
            self._root.occurrences.add_many(parent, times)
        for leaf, number in self._inner.items():
            leaf.occurrences.total += times * number
        for leaf, number in self._outer.items():
            leaf.occurrences.add_many(owner, times * number)


class _CountRecorder(SaxHandler):
    """Counts the elements and values of one element; ``outer`` are those in none of its rows."""

    def __init__(self, parent: ElementNode) -> None:
        super().__init__(parent)
        self.root: ElementNode | None = None
        self.nodes: Counter[ElementNode] = Counter()
        self.inner: dict[ValuePath, int] = {}
        self.outer: dict[ValuePath, int] = {}
        self._rows = 0

    def enter(self, node: ElementNode) -> None:
        self.root = self.root or node
        self.nodes[node] += 1
        self._rows += node.is_row

    def found(self, leaf: ValuePath, _value: str) -> None:
        counts = self.inner if self._rows else self.outer
        counts[leaf] = counts.get(leaf, 0) + 1

    def leave(self, node: ElementNode) -> None:
        self._rows -= node.is_row
