"""A minimal tap with the Singer SDK: the csv module and one record at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar

from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers.types import Context

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Kind, json_schema

READERS: dict[Kind, Callable[[str], object]] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.BOOLEAN: lambda cell: cell == "true",
}


class PlainStream(Stream):
    """The rows of the document that the setting ``path`` names."""

    name = "orders"

    def __init__(self, tap: Tap) -> None:
        known = report_types.load(tap.config["report_type"])
        with Path(tap.config["path"]).open(encoding="utf-8", newline="") as document:
            header = document.readline().rstrip("\r\n").split("\t")
        specs = {spec.header: spec for spec in known.columns}
        self._readers = [(specs[name].name, READERS.get(specs[name].kind)) for name in header]
        properties = {specs[name].name: json_schema(specs[name].kind) for name in header}
        super().__init__(tap, schema={"type": "object", "properties": properties})

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield the rows, typed; what does not fit is null."""
        del context
        with Path(self.config["path"]).open(encoding="utf-8", newline="") as document:
            lines = csv.reader(document, delimiter="\t", quoting=csv.QUOTE_NONE)
            next(lines)
            for cells in lines:
                yield {
                    name: _value(cell, read)
                    for (name, read), cell in zip(self._readers, cells, strict=False)
                }


def _value(cell: str, read: Callable[[str], object] | None) -> object:
    if not cell or read is None:
        return cell or None
    try:
        return read(cell)
    except (ValueError, InvalidOperation):
        return None


class PlainTap(Tap):
    """A tap of one stream, with the SDK's default writer."""

    name = "tap-plain"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("path", th.StringType, required=True),
        th.Property("report_type", th.StringType, required=True),
    ).to_dict()

    def discover_streams(self) -> list[Stream]:
        """Return the one stream."""
        return [PlainStream(self)]


class PlainMsgspecTap(PlainTap):
    """The same with the SDK's faster writer."""

    message_writer_class = MsgSpecWriter
