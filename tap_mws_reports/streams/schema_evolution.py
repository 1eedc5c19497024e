"""Row streams whose schema grows by the columns that documents bring along."""

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
"""Where the state of a stream lists the columns that documents had and no entry knows."""

_SEEN = "seen_columns"
"""Where it lists the known columns that documents had, with `declare_columns: seen`."""


class SchemaEvolutionStream(BlockStream):
    """A stream that takes in new columns as ``new_columns`` says, and recalls those of old."""

    def __init__(self, tap: Tap, schema: dict[str, Any], name: str) -> None:
        self._undeclared: dict[str, dict[str, Any]] = {}
        column_filter = ColumnFilter(tap.config.get("exclude_columns") or (), name)
        super().__init__(tap, schema=column_filter.without_excluded(schema), name=name)

    def recall_columns(self) -> None:
        """Put columns that earlier runs met into the schema, so that it does not shrink again."""
        met: list[str] = self.stream_state.get(_MET, [])
        if self.config.get("declare_columns") == "seen":
            self._undeclare({*met, *self.stream_state.get(_SEEN, [])})
        # All columns of files together were not met in a header.
        files = FILE_COLUMNS if FILE_COLUMNS.keys() <= {*met} else {}
        met = [name for name in met if not self.column_filter.excludes(name)]
        if met and self.config.get("new_columns") != "ignore":
            self._warn_of_unlisted(met)
            self.grow_schema({name: json_schema(files.get(name, Kind.TEXT)) for name in met})

    def meet_columns(self, kinds: Mapping[str, Kind]) -> frozenset[str]:
        """Deal with columns nobody has seen before; return those to leave out.

        Raises:
            NewColumns: there are some, and the settings want none.
        """
        kinds = {
            name: kind for name, kind in kinds.items() if not self.column_filter.excludes(name)
        }
        known = self.effective_schema["properties"].keys() | self._undeclared.keys()
        new = {name: kind for name, kind in kinds.items() if name not in known}
        policy = self.config.get("new_columns", "add")
        if new and policy == "fail":
            what = f"The document has columns that are not in the schema: {', '.join(new)}."
            raise NewColumns(what, hint="set `new_columns` to `add` or `ignore`")
        ignored = frozenset(new if policy == "ignore" else ())
        self.add_columns({name: kind for name, kind in kinds.items() if name not in ignored})
        return ignored

    def add_columns(self, kinds: Mapping[str, Kind]) -> None:
        """Announce those columns that the schema lacks, and remember them for later runs."""
        declared = self.effective_schema["properties"]
        excluded = self.column_filter.excludes
        new = [name for name in kinds if name not in declared and not excluded(name)]
        if not new:
            return
        seen = [name for name in new if name in self._undeclared]
        unknown = [name for name in new if name not in self._undeclared]
        if unknown:
            self.logger.info("New columns in %s: %s", self.name, ", ".join(unknown))
            self._warn_of_unlisted(unknown)
        schemas = {name: json_schema(kinds[name]) for name in unknown}
        self.grow_schema({name: self._undeclared.pop(name) for name in seen} | schemas)
        if any(self.is_selected(name) for name in new):
            self.announce_schema()
        # What a catalog lacks and the entry knows has the entry's kind, and is no text.
        met = [name for name in unknown if name in FILE_COLUMNS or kinds[name] is Kind.TEXT]
        self._remember(_MET, met)
        self._remember(_SEEN, seen)

    def _remember(self, key: str, names: Collection[str]) -> None:
        if names:
            self.stream_state[key] = sorted({*self.stream_state.get(key, []), *names})

    def _undeclare(self, seen: Collection[str]) -> None:
        """Take known columns that no document had out of the schema, until one has them.

        Keys and the tap's own columns, whose names begin with an underscore, stay.
        """
        self._undeclared = {
            name: schema
            for name, schema in self.effective_schema["properties"].items()
            if not (name.startswith("_") or name in seen or name in self.required_columns)
        }
        self.shrink_schema(self._undeclared)

    def _warn_of_unlisted(self, columns: Iterable[str]) -> None:
        """Say which columns are sent that nobody could deselect, where others are deselected."""
        listed = self.effective_schema["properties"]
        sent = [name for name in columns if name not in listed and self.is_selected(name)]
        if sent and self.has_deselected_columns:
            what = (
                "%s has columns that the catalog does not have and that are sent, while others are "
                "deselected: %s. To leave columns out, name them or patterns of them in the "
                "setting `exclude_columns`, for example %s"
            )
            self.logger.warning(what, self.name, ", ".join(sent), json.dumps(sent[:1]))
