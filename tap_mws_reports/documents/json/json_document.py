"""A JSON document as a table: a column for every path at which its rows have values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path as FilePath

from tap_mws_reports.documents.decoding import Decoding, decide_encoding, text_blocks
from tap_mws_reports.documents.dialect import BLOCK_SIZE, Record, RowChunk
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.json.json_scanner import JsonScanner
from tap_mws_reports.documents.json.json_schema_inference import InferredSchema, infer_schema
from tap_mws_reports.documents.json.json_values import Path, dotted
from tap_mws_reports.documents.json.list_iterator import ELEMENT, ListIterator
from tap_mws_reports.report_types.naming import header_key

LIST = "listPath"
"""The header of the column that says which list a row is of. It comes first, so the name
``list_path`` is its own: a key of that name becomes ``list_path_2``."""

_CELLS_OF_A_BLOCK = 10_000
"""Of 64 KiB there are about as many."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A document that has been read once, to its end.

    The cells of a row are the path of the list it is of (only where ``named``), the texts at
    ``places``, and what stands beside the lists.
    """

    path: FilePath
    decoding: Decoding
    wanted: Path | None
    outline: InferredSchema
    cells: Record
    named: bool
    places: tuple[int, ...]
    before: int = -1

    @property
    def lists(self) -> dict[str, int]:
        """How many elements each list of the document has, by its path."""
        return {dotted(path): count for path, count in self.outline.counts.items()}

    def lines(self) -> Iterator[RowChunk]:
        """Yield the rows of the document; memory does not grow with it."""
        first, records = 1, list[Record]()
        height = max(1, _CELLS_OF_A_BLOCK // len(self.cells))
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
        paths, places = self.outline.paths, self.places
        about = [value for _, value in self.outline.about]
        if self.outline.is_row(self.wanted):
            yield ["", *repeat("", len(places)), *about]
            return
        walk = ListIterator(text, self.wanted, lines=self.outline.lines)
        for path, number, value in walk.elements():
            texts = paths.cells(value, number, path)
            name = [dotted(path)] if self.named else ()
            yield [*name, *map(texts.get, places, repeat("")), *about]


def open_json(delivery: DocumentInput) -> JsonDocument:
    """Read a document to its end, and tell its columns.

    A path whose value is null in every row is a column only where the report type knows it. A
    document without rows has the columns that the type knows.

    Raises:
        UnreadableDocument: it is no JSON, or such as no rows can be made of.
    """
    path, report_type, decoding = delivery.path, delivery.report_type, _decide(delivery)
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
    headers += [dotted(path) or ELEMENT for path, _ in found.about]
    if not found.has_rows(wanted):
        headers = [spec.header for spec in report_type.columns]
    named = wanted is None or not headers
    cells = [LIST, *headers] if named else headers
    return JsonDocument(path, decoding, wanted, found, cells, named, places)


def _decide(delivery: DocumentInput) -> Decoding:
    """Return the decoding: JSON is UTF-8 whatever the Content-Type says, if it can be.

    Source: https://github.com/saleweaver/python-amazon-sp-api/issues/552
    """
    path = delivery.path
    unicode = decide_encoding(path, charset=None, code_page="utf-8")
    if unicode.rule in {"bom", "zeros", "utf-8"}:
        return unicode
    return decide_encoding(path, charset=delivery.charset, code_page=delivery.habits.code_page)


def _open(path: FilePath, decoding: Decoding) -> JsonScanner:
    return JsonScanner(text_blocks(path, decoding))
