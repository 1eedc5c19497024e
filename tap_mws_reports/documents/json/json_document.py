"""A JSON document as a table: one column per path with values.

The document is read twice: first its schema is inferred, then its rows are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path as FilePath

from tap_mws_reports.documents.decoding import Decoding, decide_encoding, text_blocks
from tap_mws_reports.documents.dialect import BLOCK_SIZE, Record, RowChunk
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.json.block_decoder import ElementBlock, rows_of
from tap_mws_reports.documents.json.json_scanner import JsonScanner
from tap_mws_reports.documents.json.json_values import Path, dotted, raise_unreadable
from tap_mws_reports.documents.json.list_iterator import ELEMENT, ListIterator, ValuePaths
from tap_mws_reports.report_types.naming import header_key

_REDUNDANT_PATHS = frozenset(
    {("reportSpecification", "reportType"), ("reportSpecification", "marketplaceIds")}
)
"""Paths that repeat what every row has anyway. The dates are not among them:
`salesAndTrafficByAsin` has none, and scheduled reports have them nowhere else."""


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
        raise_unreadable(f"the document is {what}, not an object with the list `{dotted(wanted)}`")
    return found


def _read_schema(text: JsonScanner, wanted: Path | None, *, lines: bool) -> InferredSchema:
    """Return the schema of the document, or without ``lines`` of its first value."""
    paths = ValuePaths()
    iterator = ListIterator(text, wanted, lines=lines, decode_block=paths.block)
    places: set[int] = set()
    for path, number, value in iterator.elements():
        if isinstance(value, ElementBlock):
            places |= value.present
        else:
            places.update(paths.cells(value, number, path))
    outer_values = tuple(
        item for item in iterator.outer_values.items() if item[0] not in _REDUNDANT_PATHS
    )
    return InferredSchema(
        lines, iterator.counts, outer_values, paths, frozenset(places), iterator.ended
    )


LIST = "listPath"
"""The header of the column with the list of a row. It is first, so a key of the same name
becomes ``list_path_2``."""

_BLOCK_CELLS = 10_000
"""About as many as in 64 KiB."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON document whose schema has been inferred.

    The cells of a row are the path of its list (only if ``has_list_path``), the texts at
    ``places``, and the values outside the lists.
    """

    path: FilePath
    decoding: Decoding
    wanted: Path | None
    schema: InferredSchema
    cells: Record
    has_list_path: bool
    places: tuple[int, ...]
    before: int = -1

    @property
    def lists(self) -> dict[str, int]:
        """The number of elements of each list, by path."""
        return {dotted(path): count for path, count in self.schema.counts.items()}

    def lines(self) -> Iterator[RowChunk]:
        """Yield the rows of the document; memory does not grow with it."""
        first, records = 1, list[Record]()
        height = max(1, _BLOCK_CELLS // len(self.cells))
        text = _open(self.path, self.decoding)
        start = text.position
        for record in self._records(text):
            records.append(record)
            if len(records) >= height or text.position - start > BLOCK_SIZE:
                yield RowChunk(first, records)
                first, records, start = first + len(records), [], text.position
        if records:
            yield RowChunk(first, records)

    def _records(self, text: JsonScanner) -> Iterator[Record]:
        paths, places = self.schema.paths, self.places
        outer_values = [value for _, value in self.schema.outer_values]
        if self.schema.is_row(self.wanted):
            yield ["", *repeat("", len(places)), *outer_values]
            return
        iterator = ListIterator(
            text, self.wanted, lines=self.schema.lines, decode_block=paths.block
        )
        for path, number, value in iterator.elements():
            name = [dotted(path)] if self.has_list_path else []
            if isinstance(value, ElementBlock):
                yield from rows_of(value, places, name, outer_values)
                continue
            texts = paths.cells(value, number, path)
            yield [*name, *map(texts.get, places, repeat("")), *outer_values]


def open_json(document_input: DocumentInput) -> JsonDocument:
    """Read a document once, and infer its columns.

    A path with only null values is a column only if the report type knows it. A document without
    rows has the known columns of its type.

    Raises:
        UnreadableDocument: it is not JSON, or cannot be read as rows.
    """
    path, report_type, decoding = (
        document_input.path,
        document_input.report_type,
        _decide_encoding(document_input),
    )
    wanted = tuple(report_type.list_path.split(".")) if report_type.list_path else None
    found = infer_schema(partial(_open, path, decoding), wanted)
    paths = found.paths.headers()
    known = {key for spec in report_type.columns for key in spec.keys}
    places = tuple(
        place
        for place, header in enumerate(paths)
        if place in found.places or header_key(header) in known
    )
    headers = [paths[place] for place in places]
    headers += [dotted(path) or ELEMENT for path, _ in found.outer_values]
    if not found.has_rows(wanted):
        headers = [spec.header for spec in report_type.columns]
    has_list_path = wanted is None or not headers
    cells = [LIST, *headers] if has_list_path else headers
    return JsonDocument(path, decoding, wanted, found, cells, has_list_path, places)


def _decide_encoding(document_input: DocumentInput) -> Decoding:
    """Return the decoding: UTF-8 if valid, whatever the Content-Type header says.

    Source: https://github.com/saleweaver/python-amazon-sp-api/issues/552
    """
    path = document_input.path
    unicode = decide_encoding(path, charset=None, code_page="utf-8")
    if unicode.rule in {"bom", "zeros", "utf-8"}:
        return unicode
    return decide_encoding(
        path, charset=document_input.charset, code_page=document_input.marketplace_format.code_page
    )


def _open(path: FilePath, decoding: Decoding) -> JsonScanner:
    return JsonScanner(text_blocks(path, decoding))
