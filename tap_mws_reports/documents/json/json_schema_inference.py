"""What a JSON document holds, found out by reading it once from end to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tap_mws_reports.documents.json.json_scanner import JsonScanner
from tap_mws_reports.documents.json.json_values import Path, dotted, refuse_value
from tap_mws_reports.documents.json.list_iterator import ListIterator, ValuePaths

_IN_THE_ENVELOPE = frozenset(
    {("reportSpecification", "reportType"), ("reportSpecification", "marketplaceIds")}
)
"""What every row says anyway. The dates are not left out: `salesAndTrafficByAsin` has none of its
own, and of a report that Amazon made unasked they are told nowhere else."""


@dataclass(frozen=True, slots=True)
class InferredSchema:
    """What a document holds.

    ``lines`` says whether it is JSON lines, ``counts`` how many elements its lists have, ``about``
    has the texts of what stands beside the lists and is told in every row. ``places`` are those,
    among ``paths``, at which any wanted element has a value. ``ended`` says whether this is all.
    """

    lines: bool
    counts: dict[Path, int]
    about: tuple[tuple[Path, str], ...]
    paths: ValuePaths
    places: frozenset[int]
    ended: bool

    def is_row(self, wanted: Path | None) -> bool:
        """Whether the document itself is a row: an object without any list of rows."""
        return wanted is None and not self.counts and bool(self.about)

    def has_rows(self, wanted: Path | None) -> bool:
        """Whether there is any row."""
        counts = self.counts.values() if wanted is None else [self.counts.get(wanted, 0)]
        return any(counts) or self.is_row(wanted)


def infer_schema(open_text: Callable[[], JsonScanner], wanted: Path | None) -> InferredSchema:
    """Read a document.

    Args:
        open_text: begins to read the document.
        wanted: the path of the list that is wanted; None for all lists.

    Raises:
        UnreadableDocument: it is no JSON, or has no place for the list that is wanted.
    """
    found = _outline(open_text(), wanted, lines=False)
    if not found.ended:
        found = _outline(open_text(), wanted, lines=True)
    if wanted and () in found.counts:
        what = "JSON lines" if found.lines else "a bare list"
        refuse_value(f"the document is {what}, and not an object with the list `{dotted(wanted)}`")
    return found


def _outline(text: JsonScanner, wanted: Path | None, *, lines: bool) -> InferredSchema:
    """Return what a document holds, or its first value, where it is not taken for JSON lines."""
    walk, paths = ListIterator(text, wanted, lines=lines), ValuePaths()
    places: set[int] = set()
    for path, number, value in walk.elements():
        places.update(paths.cells(value, number, path))
    about = tuple(item for item in walk.about.items() if item[0] not in _IN_THE_ENVELOPE)
    return InferredSchema(lines, walk.counts, about, paths, frozenset(places), walk.ended)
