"""The tables of a report type's TOML file: their keys, types and allowed values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import (
    DateOrder,
    Format,
    IdentityKind,
    Option,
    RequestMode,
    Restriction,
    Service,
    SuccessorColumn,
    TypeKind,
    WindowAlignment,
)
from tap_mws_reports.report_types.toml_table import NOT_EMPTY, Count, Text, Texts, TomlTable

About = Literal["dataStartTime", "dataEndTime", "lastUpdatedDate", "reportOptions"]
"""The metadata of a JSON document, below ``reportSpecification``."""


class ColumnTable(TomlTable, frozen=True):
    """A column, where more is known than its kind."""

    kind: Kind
    aliases: Texts = ()
    date_order: DateOrder | None = None

    def __post_init__(self) -> None:
        """Refuse a date order for other kinds than dates."""
        super().__post_init__()
        if self.date_order and self.kind not in {Kind.DATE, Kind.TIMESTAMP}:
            raise ValueError("`date_order` is only for the kinds date and timestamp")


class IdentityTable(TomlTable, frozen=True):
    """An `Identity` whose columns are headers."""

    kind: IdentityKind
    columns: Texts = ()
    because: Text = ""

    def __post_init__(self) -> None:
        """Refuse columns for a kind that has none, and the lack of them."""
        super().__post_init__()
        if bool(self.columns) == (self.kind == "document"):
            raise ValueError("`columns` is required, except for the kind document, which has none")


class ListTable(TomlTable, frozen=True, kw_only=True):
    """A list of a JSON document, which is a separate stream."""

    path: Text
    identity: IdentityTable
    columns: dict[str, Any] | Text = msgspec.field(default_factory=dict)
    """As in `ReportTypeTable`."""


class ReportTypeTable(TomlTable, frozen=True, kw_only=True):
    """A whole file. Keys that are fields of `ReportType` mean the same, with the same defaults."""

    name: Text
    sp_api_name: Text | None = None
    other_sp_api_names: Texts = ()
    personal_sp_api_names: Texts = ()
    stream: Text
    title: Text
    category: Text
    kind: TypeKind
    format: Format
    request_modes: Annotated[tuple[RequestMode, ...], NOT_EMPTY]
    services: Annotated[tuple[Service, ...], NOT_EMPTY] = ("mws", "sp_api")
    download_only: bool = False
    """No service has the type: users download its documents from Seller Central."""
    source: Texts
    withdrawn: date | None = None
    unlisted: date | None = None
    successor: Text = ""
    successor_columns: dict[str, SuccessorColumn] = msgspec.field(default_factory=dict)
    """By header, of the columns that the successor does not have under the same header."""
    caution: Text = ""
    max_days: Count | None = None
    cooldown_minutes: Count | None = None
    lookback_days_default: Count = 0
    lookback_because: Text = ""
    lookback_limit_days: Count | None = None
    retention_days: Count | None = None
    alignment: WindowAlignment | None = None
    start_offset_hours: Count | None = None
    options: tuple[Option, ...] = ()
    marketplaces: Texts = ()
    one_marketplace: bool = False
    restricted: Restriction = "none"
    local_numbers: bool = False
    grouped_integers: bool = False
    positional: bool = False
    root: Text = ""
    row_elements: Texts = ()
    filled_down: Texts = ()
    """Headers, not names of columns."""
    columns: dict[str, Any] | Text = msgspec.field(default_factory=dict)
    """By header: the kind, or a `ColumnTable`. Or the name of a file that has the same columns."""
    required_columns: Texts = ()
    """Headers of columns that every document has; they tell types without a key."""
    identity: IdentityTable | None = None
    """None if each list has its own identity."""
    lists: dict[str, Any] | None = None
    """Of JSON: a `ListTable` for each list, by the suffix of its stream."""
    about: Annotated[tuple[About, ...], NOT_EMPTY] = ()
    """Of JSON with lists: the metadata of the document that every row repeats."""


# msgspec analyses a class when it is first used, and crashes if two threads do so at the same time.
for _table in (ColumnTable, ListTable, ReportTypeTable):
    msgspec.json.Decoder(_table)
