"""Row streams whose schema grows by the columns that documents bring along."""

from __future__ import annotations

from collections.abc import Mapping

from tap_mws_reports.errors import NewColumns
from tap_mws_reports.report_types import Kind, json_schema
from tap_mws_reports.streams.kept_files import FILE_COLUMNS
from tap_mws_reports.streams.messages import BlockStream

_MET = "columns"
"""Where the state of a stream lists the columns that documents had and no entry knows."""


class GrowingStream(BlockStream):
    """A stream that takes in new columns as ``new_columns`` says, and recalls those of old."""

    def recall_columns(self) -> None:
        """Put columns that earlier runs met into the schema, so that it does not shrink again."""
        met: list[str] = self.stream_state.get(_MET, [])
        # All columns of files together were not met in a header.
        files = FILE_COLUMNS if FILE_COLUMNS.keys() <= {*met} else {}
        if met and self.config.get("new_columns") != "ignore":
            self.grow_schema({name: json_schema(files.get(name, Kind.TEXT)) for name in met})

    def meet_columns(self, kinds: Mapping[str, Kind]) -> frozenset[str]:
        """Deal with columns nobody has seen before; return those to leave out.

        Raises:
            NewColumns: there are some, and the settings want none.
        """
        known = self.effective_schema["properties"]
        new = {name: kind for name, kind in kinds.items() if name not in known}
        policy = self.config.get("new_columns", "add")
        if new and policy == "fail":
            what = f"The document has columns that are not in the schema: {', '.join(new)}."
            raise NewColumns(what, hint="set `new_columns` to `add` or `ignore`")
        if policy == "ignore":
            return frozenset(new)
        self.add_columns(new)
        return frozenset()

    def add_columns(self, kinds: Mapping[str, Kind]) -> None:
        """Announce those columns that the schema lacks, and remember them for later runs."""
        known = self.effective_schema["properties"]
        if new := {name: kind for name, kind in kinds.items() if name not in known}:
            self.logger.info("New columns in %s: %s", self.name, ", ".join(new))
            self.grow_schema({name: json_schema(kind) for name, kind in new.items()})
            self.announce_schema()
            # What a catalog lacks and the entry knows has the entry's kind, and is no text.
            met = {name for name, kind in new.items() if name in FILE_COLUMNS or kind is Kind.TEXT}
            if met:
                self.stream_state[_MET] = sorted({*self.stream_state.get(_MET, []), *met})
