"""Infer the schema of a JSON document by reading it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tap_mws_reports.documents.json.json_scanner import JsonScanner
from tap_mws_reports.documents.json.json_values import Path, dotted, refuse_value
from tap_mws_reports.documents.json.list_iterator import ListIterator, ValuePaths

_REDUNDANT_PATHS = frozenset(
    {("reportSpecification", "reportType"), ("reportSpecification", "marketplaceIds")}
)
"""Paths that repeat what every row has anyway. The dates are not among them:
`salesAndTrafficByAsin` has none of its own, and scheduled reports have them nowhere else."""


@dataclass(frozen=True, slots=True)
class InferredSchema:
    """The schema of a document.

    ``lines``: it is JSON lines. ``counts`` are the numbers of elements of its lists.
    ``outer_values`` are the texts outside the lists, which every row repeats. ``places`` are those
    of the ``paths`` with a value in any wanted element. ``ended``: the whole document was read.
    """

    lines: bool
    counts: dict[Path, int]
    outer_values: tuple[tuple[Path, str], ...]
    paths: ValuePaths
    places: frozenset[int]
    ended: bool

    def is_row(self, wanted: Path | None) -> bool:
        """Whether the document itself is a row: an object without lists of rows."""
        return wanted is None and not self.counts and bool(self.outer_values)

    def has_rows(self, wanted: Path | None) -> bool:
        """Whether the document has rows."""
        counts = self.counts.values() if wanted is None else [self.counts.get(wanted, 0)]
        return any(counts) or self.is_row(wanted)


def infer_schema(open_text: Callable[[], JsonScanner], wanted: Path | None) -> InferredSchema:
    """Infer the schema of a document.

    Args:
        open_text: opens the document at its start.
        wanted: the path of the wanted list; None for all lists.

    Raises:
        UnreadableDocument: it is not JSON, or cannot contain the wanted list.
    """
    found = _read_schema(open_text(), wanted, lines=False)
    if not found.ended:
        found = _read_schema(open_text(), wanted, lines=True)
    if wanted and () in found.counts:
        what = "JSON lines" if found.lines else "a bare list"
        refuse_value(f"the document is {what}, not an object with the list `{dotted(wanted)}`")
    return found


def _read_schema(text: JsonScanner, wanted: Path | None, *, lines: bool) -> InferredSchema:
    """Return the schema of the document, or without ``lines`` of its first value."""
    iterator, paths = ListIterator(text, wanted, lines=lines), ValuePaths()
    places: set[int] = set()
    for path, number, value in iterator.elements():
        places.update(paths.cells(value, number, path))
    outer_values = tuple(
        item for item in iterator.outer_values.items() if item[0] not in _REDUNDANT_PATHS
    )
    return InferredSchema(
        lines, iterator.counts, outer_values, paths, frozenset(places), iterator.ended
    )
