"""How the rows of a document become RECORD messages: with Python, or with Arrow.

Arrow is faster for large documents, and is used if pyarrow is installed, which an extra of the
package brings. Both write the same bytes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from tap_mws_reports.documents import PYTHON, Engine, RecordBatch, Table
from tap_mws_reports.streams.record_encoder import RecordEncoder

SMALLEST_FOR_ARROW = 16_000_000
"""Bytes of a document that is read with Arrow. To import pyarrow takes 0.1 s, and 50 MB."""


class BatchEncoder(Protocol):
    """Encodes batches with the same columns and constants as the first one; see `RecordEncoder`."""

    def __init__(
        self, stream: str, block: RecordBatch, selected: Callable[[str], bool], version: int | None
    ) -> None: ...

    def fits(self, block: RecordBatch) -> bool:
        """Whether a batch has the columns and constants of the first one."""

    def parts(self, block: RecordBatch, now: datetime) -> Iterator[tuple[bytes | memoryview, int]]:
        """Yield the messages of a batch, one per line, and their number, in one or more parts."""


def always_python(_table: Table) -> Engine:
    """Return the engine whose batches have Python values."""
    return PYTHON


def record_engine(table: Table) -> Engine:
    """Return the engine that is faster for a document; `encoder_class` encodes its batches."""
    if not table.splits_at_tabs or table.report_type.filled_down:
        return PYTHON
    if table.path.stat().st_size < SMALLEST_FOR_ARROW:
        return PYTHON
    arrow = arrow_engine()
    return arrow if arrow and _columns().has_plain_rows(table.reader) else PYTHON


def encoder_class(batch: RecordBatch) -> type[BatchEncoder]:
    """Return the encoder of a batch by its values."""
    if not any(hasattr(column, "to_pylist") for column in batch.columns):
        return RecordEncoder
    module: Any = importlib.import_module("tap_mws_reports.streams.arrow_encoder")
    encoder: type[BatchEncoder] = module.ArrowRecordEncoder
    return encoder


def _columns() -> Any:  # noqa: ANN401 - a module that needs pyarrow
    return importlib.import_module("tap_mws_reports.documents.arrow_columns")


@cache
def arrow_engine() -> Engine | None:
    """Return the engine of Arrow, or None if pyarrow is not installed."""
    try:
        importlib.import_module("pyarrow")
        parser: Any = importlib.import_module("tap_mws_reports.documents.arrow_parser")
    except ImportError:
        return None
    engine: Engine = parser.ARROW_AHEAD
    return engine
