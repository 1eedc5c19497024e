"""The kinds of all columns that have been released: a list that only ever grows.

Targets break, or round, where a column changes its kind. Users have loaded the listed columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from report_pages.lifecycle_page import LIFECYCLE
from tap_mws_reports.report_types import Kind, all_known, kind_of
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS
from tap_mws_reports.streams.row_schema import ENVELOPE, OVERFLOW_COLUMNS

FILE = Path(__file__).parents[2] / "tests" / "report_types" / "released_columns.csv"

ALL_ROWS = "*"
"""Stands for the stream of columns that all streams of rows have."""

Kinds = Mapping[tuple[str, str], str]
"""Stream and column to kind."""

_HEADER = ("stream", "column", "kind")
_OWN = {**ENVELOPE, "_line": Kind.INTEGER, **FILE_COLUMNS, **OVERFLOW_COLUMNS}


def current_columns() -> Kinds:
    """Return the columns that the tap has today."""
    kinds = {(ALL_ROWS, name): kind for name, kind in _OWN.items()}
    for known in all_known():
        for stream in known.streams:
            kinds |= {(stream.stream, spec.name): spec.kind for spec in stream.columns}
    for listing in LIFECYCLE:
        for name, schema in listing.schema["properties"].items():
            kinds[listing.name, name] = kind_of(schema) or Kind.TEXT
    return {key: kind.value for key, kind in kinds.items()}


def read_columns(text: str) -> Kinds:
    """Read the list."""
    return {
        (row["stream"], row["column"]): row["kind"] for row in csv.DictReader(io.StringIO(text))
    }


def broken_promises(released: Kinds, current: Kinds) -> list[str]:
    """Return what is wrong with the columns of today: one that was removed, or of another kind."""
    return [
        f"{stream}.{column} was released as {kind} and is {current.get((stream, column), 'gone')}"
        for (stream, column), kind in released.items()
        if current.get((stream, column)) != kind
    ]


def with_new_columns(released: Kinds, current: Kinds) -> str:
    """Return the list with the columns that it lacks; none that it has is changed or left out."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows((*key, kind) for key, kind in sorted({**current, **released}.items()))
    return text.getvalue()
