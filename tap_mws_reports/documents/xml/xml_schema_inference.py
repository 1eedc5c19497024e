"""The first pass over an XML document: infer its paths, and check that it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tap_mws_reports.documents.xml.hardened_parser import parse
from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import (
    MOST_NUMBERED,
    ElementNode,
    InferredSchema,
    ValuePath,
)
from tap_mws_reports.report_types.report_type import ReportType


def infer_xml_schema(text: Callable[[], Iterable[str]], report_type: ReportType) -> InferredSchema:
    """Read the paths of a document, and decide which are row elements.

    Args:
        text: returns the text of the document from its start, on every call.
        report_type: of the document.

    Raises:
        UnreadableDocument: the document is malformed, truncated, or exceeds a limit.
    """
    declared = _declared(report_type)
    rows = declared | _ancestors(report_type.root)
    while True:
        schema = _read_schema(text(), InferredSchema(rows))
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


def _read_schema(text: Iterable[str], schema: InferredSchema) -> InferredSchema:
    for _ in parse(text, _SchemaBuilder(schema)):
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

    def __init__(self, schema: InferredSchema) -> None:
        super().__init__(schema)
        self._elements = 0
        self._parents = [0]
        self._owners = [0]

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
