"""Row streams whose schema grows with new columns in documents."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from singer_sdk import Tap

from tap_mws_reports.errors import NewColumns
from tap_mws_reports.report_types import Kind, json_schema
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS
from tap_mws_reports.streams.column_filter import ColumnFilter
from tap_mws_reports.streams.sdk import BlockStream

_MET = "columns"
"""The state key of columns in documents that the report type does not declare."""

_SEEN = "seen_columns"
"""The state key of declared columns in documents, with `declare_columns: seen`."""


class SchemaEvolutionStream(BlockStream):
    """A stream that adds new columns as ``new_columns`` says and restores earlier ones."""

    def __init__(self, tap: Tap, schema: dict[str, Any], name: str) -> None:
        self._undeclared: dict[str, dict[str, Any]] = {}
        self.new_columns: list[str] = []
        """Columns of this run that neither the report type nor an earlier run knows."""
        column_filter = ColumnFilter(tap.config.get("exclude_columns") or (), name)
        super().__init__(tap, schema=column_filter.without_excluded(schema), name=name)

    def recall_columns(self) -> None:
        """Add the columns of earlier runs to the schema, so that it does not shrink."""
        met: list[str] = self.stream_state.get(_MET, [])
        if self.config.get("declare_columns") == "seen":
            self._undeclare({*met, *self.stream_state.get(_SEEN, [])})
        # The complete set of file columns does not come from a header.
        files = FILE_COLUMNS if FILE_COLUMNS.keys() <= {*met} else {}
        met = [name for name in met if not self.column_filter.excludes(name)]
        if met and self.config.get("new_columns") != "ignore":
            self._warn_of_unlisted(met)
            self.grow_schema({name: json_schema(files.get(name, Kind.TEXT)) for name in met})

    def take_new_columns(self, kinds: Mapping[str, Kind]) -> frozenset[str]:
        """Add new columns as ``new_columns`` says; return those to ignore.

        Raises:
            NewColumns: there are new columns and ``new_columns`` is ``fail``.
        """
        kinds = {
            name: kind for name, kind in kinds.items() if not self.column_filter.excludes(name)
        }
        known = self.effective_schema["properties"].keys() | self._undeclared.keys()
        # The tap's own columns, such as `_preamble`, are not Amazon's.
        new = [name for name in kinds if name not in known and not name.startswith("_")]
        policy = self.config.get("new_columns", "add")
        if new and policy == "fail":
            what = f"The document has columns that are not in the schema: {', '.join(new)}."
            raise NewColumns(what, hint="set `new_columns` to `add` or `ignore`")
        ignored = frozenset(new if policy == "ignore" else ())
        self.add_columns({name: kind for name, kind in kinds.items() if name not in ignored})
        return ignored

    def add_columns(self, kinds: Mapping[str, Kind]) -> None:
        """Add missing columns to the schema, write it, and record them in the state."""
        declared = self.effective_schema["properties"]
        excluded = self.column_filter.excludes
        new = [name for name in kinds if name not in declared and not excluded(name)]
        if not new:
            return
        seen = [name for name in new if name in self._undeclared]
        unknown = [name for name in new if name not in self._undeclared]
        if unknown:
            self.new_columns += unknown
            self.logger.info("New columns in %s: %s", self.name, ", ".join(unknown))
            self._warn_of_unlisted(unknown)
        schemas = {name: json_schema(kinds[name]) for name in unknown}
        self.grow_schema({name: self._undeclared.pop(name) for name in seen} | schemas)
        if any(self.is_selected(name) for name in new):
            self.announce_schema()
        # A column that only the report type declares keeps that kind; others are text.
        met = [name for name in unknown if name in FILE_COLUMNS or kinds[name] is Kind.TEXT]
        self._remember(_MET, met)
        self._remember(_SEEN, seen)

    def _remember(self, key: str, names: Collection[str]) -> None:
        if names:
            self.stream_state[key] = sorted({*self.stream_state.get(key, []), *names})

    def _undeclare(self, seen: Collection[str]) -> None:
        """Remove declared columns from the schema until a document has them.

        Keys and the columns of the tap, whose names begin with an underscore, stay.
        """
        self._undeclared = {
            name: schema
            for name, schema in self.effective_schema["properties"].items()
            if not (name.startswith("_") or name in seen or name in self.required_columns)
        }
        self.shrink_schema(self._undeclared)

    def _warn_of_unlisted(self, columns: Iterable[str]) -> None:
        """Warn about written columns that the catalog lacks, if it deselects others."""
        listed = self.effective_schema["properties"]
        sent = [name for name in columns if name not in listed and self.is_selected(name)]
        if sent and self.has_deselected_columns:
            what = (
                "%s has columns that the catalog does not have and that are sent, while others are "
                "deselected: %s. To leave columns out, name them or patterns of them in the "
                "setting `exclude_columns`, for example %s"
            )
            self.logger.warning(what, self.name, ", ".join(sent), json.dumps(sent[:1]))
