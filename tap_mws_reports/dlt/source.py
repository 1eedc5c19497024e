"""The dlt source: one resource for each stream of the tap."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.extract import DltResource, DltSource

from tap_mws_reports.dlt.extraction import Extraction
from tap_mws_reports.dlt.open_requests import OpenRequestsFile
from tap_mws_reports.dlt.parquet_files import ParquetPart


def column_hints(schema: pa.Schema, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return dlt's column hints of an Arrow schema.

    The data types: https://dlthub.com/docs/general-usage/schema#data-types
    """
    return {
        field.name: {
            "name": field.name,
            "nullable": field.nullable,
            **({"primary_key": True} if field.name in keys else {}),
            **_data_type(field.type),
        }
        for field in schema
    }


def _data_type(arrow: pa.DataType) -> Mapping[str, Any]:
    if pa.types.is_decimal(arrow):
        return {"data_type": "decimal", "precision": arrow.precision, "scale": arrow.scale}
    names = {
        pa.int64(): "bigint",
        pa.bool_(): "bool",
        pa.date32(): "date",
        pa.timestamp("us", "UTC"): "timestamp",
    }
    return {"data_type": names.get(arrow, "text")}


NAME = "amazon_reports"

BOOKMARKS = "bookmarks"
"""Where dlt's state of the source holds the tap's bookmarks, as STATE messages do."""

REQUESTS_FILE = "open_report_requests.json"
"""In the working directory of the pipeline; see `OpenRequestsFile`."""


def amazon_reports(
    config: Mapping[str, Any], *, catalog: Mapping[str, Any] | None = None
) -> DltSource:
    """Return a dlt source of everything that the tap reads with these settings.

    Rows, keys and retrieval are those of the tap. Everything that one ``pipeline.run`` reads is one
    load package, stored with its bookmarks; for a long backfill, `load` makes
    several.

    Args:
        config: the tap's settings, as in the file that ``--config`` names.
        catalog: a Singer catalog that selects streams and columns; None for all of them.
            ``source.with_resources(...)`` selects streams, too.

    Raises:
        SettingsError: a setting is wrong.
    """
    extraction = Extraction(config, catalog)
    return source_of(extraction, lambda _rows: False, reraise=True, deduplicated=False)


def source_of(
    extraction: Extraction,
    is_full: Callable[[int], bool],
    *,
    reraise: bool,
    deduplicated: bool,
    new: Collection[str] = (),
) -> DltSource:
    """Return a source of the next chunk of an extraction.

    Args:
        extraction: may have been read in part.
        is_full: decides whether the rows read are enough; see `Extraction.read_chunk`.
        reraise: whether an error that ends the reading ends the extract step, too, so that no row
            of the chunk is loaded.
        deduplicated: whether each key is certainly only once in the staging table. It is, unless
            an interrupted load continues: dlt may then have copied a file twice.
        new: the streams whose tables the destination is known to lack; see `new_tables`.
    """
    chunk = _Chunk(extraction, is_full, reraise=reraise)
    merge: Any = {
        "disposition": "merge",
        "strategy": "delete-insert",
        "deduplicated": deduplicated,
    }
    resources = [
        # `dlt.resource` would look for the module of the generator in the file system.
        DltResource.from_data(
            chunk.items(name),
            name,
            NAME,
            dlt.mark.make_hints(
                primary_key=tuple(stream.primary_keys or ()),
                write_disposition="append" if name in new else merge,
                # Destinations that load parquet get it unchanged; dlt converts it for others.
                file_format="parquet",
            ),
        )
        for name, stream in extraction.streams.items()
    ]
    return DltSource(dlt.Schema(NAME), NAME, resources)


class _Chunk:
    """The rows of all streams that are read in one extract step.

    The streams share one work list, so all of them are read with the first resource.
    """

    def __init__(
        self, extraction: Extraction, is_full: Callable[[int], bool], *, reraise: bool
    ) -> None:
        self._extraction = extraction
        self._is_full = is_full
        self._reraise = reraise
        self._parts: Mapping[str, list[ParquetPart]] | None = None

    def items(self, name: str) -> Iterator[Any]:
        """Yield the files of a stream, for dlt to take into its load package."""
        if self._parts is None:
            self._parts = self._read()
        keys = self._extraction.streams[name].primary_keys or ()
        for part in self._parts.get(name, ()):
            columns: Any = column_hints(part.schema, keys)
            hints = dlt.mark.make_hints(columns=columns)
            yield dlt.mark.with_file_import(str(part.path), "parquet", part.rows, hints)

    def _read(self) -> Mapping[str, list[ParquetPart]]:
        extraction, state = self._extraction, dlt.current.source_state()
        directory = Path(dlt.current.pipeline().working_dir)
        if not extraction.began:
            selected = {*dlt.current.source().resources.selected}
            requests = OpenRequestsFile(directory / REQUESTS_FILE)
            extraction.begin(state.get(BOOKMARKS, {}), requests, selected)
        parts = extraction.read_chunk(directory / "reports", _known_columns, self._is_full)
        if self._reraise:
            extraction.close()
            if extraction.stopped_by is not None:
                raise extraction.stopped_by
        state[BOOKMARKS] = extraction.bookmarks
        return parts


def _known_columns(stream: str) -> Sequence[str]:
    schema = dlt.current.source_schema()
    return list(schema.get_table_columns(stream)) if stream in schema.tables else ()


def remove_files(working_directory: Path) -> None:
    """Remove the files that were read for a load package."""
    shutil.rmtree(working_directory / "reports", ignore_errors=True)
