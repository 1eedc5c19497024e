"""The first reading of a document: its paths, what repeats, and whether it is whole."""

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
    """Read the paths of a document, and decide which are those of row elements.

    Args:
        text: gives the text of the document from its beginning, as often as it is called.
        report_type: what is known of its type.

    Raises:
        UnreadableDocument: the document is broken, cut off, or beyond a limit.
    """
    declared = _declared(report_type)
    rows = declared | _above(report_type.root)
    while True:
        outline = _surveyed(text(), InferredSchema(rows))
        is_as_declared = any(node.path in declared for node in outline.nodes())
        more = frozenset(_repeating(outline, MOST_NUMBERED if is_as_declared else 1)) - rows
        if not more:
            return outline
        rows |= more


def _declared(report_type: ReportType) -> frozenset[str]:
    """Return the paths of row elements that a type names, its root among them."""
    root = report_type.root
    below = {f"{root}/{path}".removeprefix("/") for path in report_type.row_elements}
    return frozenset(below | {root} if root else below)


def _above(root: str) -> frozenset[str]:
    """Return the paths that lead to a root: what stands in them is not lost without it."""
    steps = root.split("/")
    return frozenset("/".join(steps[:depth]) for depth in range(1, len(steps)))


def _surveyed(text: Iterable[str], outline: InferredSchema) -> InferredSchema:
    for _ in parse(text, _Survey(outline)):
        pass
    return outline


def _repeating(outline: InferredSchema, limit: int) -> Iterator[str]:
    """Yield the paths of elements that repeat, or whose values do, more often than the limit."""
    for node in outline.nodes():
        if node.tally.most > limit:
            yield node.path
    for owner in outline.nodes():
        if owner.is_row or owner is outline.document:
            yield from _crowded(owner, limit)


def _crowded(owner: ElementNode, limit: int) -> Iterator[str]:
    """Yield what repeats inside a row element on the way to values that do so too often."""
    for child in owner.children.values():
        if child.is_row:
            continue
        if child.tally.most > 1 and any(leaf.tally.most > limit for leaf in child.own_leaves()):
            yield child.path
        yield from _crowded(child, limit)


class _Survey(SaxHandler):
    """Counts elements in their parents, and values in the innermost row element around them."""

    def __init__(self, outline: InferredSchema) -> None:
        super().__init__(outline)
        self._elements = 0
        self._parents = [0]
        self._owners = [0]

    def enter(self, node: ElementNode) -> None:
        self._elements += 1
        node.tally.add(self._parents[-1])
        self._parents.append(self._elements)
        if node.is_row:
            self._owners.append(self._elements)

    def found(self, leaf: ValuePath, value: str) -> None:
        leaf.add(self._owners[-1], value)

    def leave(self, node: ElementNode) -> None:
        self._parents.pop()
        if node.is_row:
            self._owners.pop()
