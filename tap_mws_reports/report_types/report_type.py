"""The values that describe a report type, its columns, options and window alignment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name, header_key
from tap_mws_reports.report_types.toml_table import Count, Text, Texts, TomlTable

AlignmentPoint = Literal["hours", "midnights", "dates"]
PeriodName = Literal["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]

_PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
_SPELLINGS: Mapping[str, PeriodName] = {
    **{period: period for period in _PERIODS},
    "DAILY": "DAY",
    "WEEKLY": "WEEK",
    "MONTHLY": "MONTH",
}


class WindowAlignment(TomlTable, frozen=True):
    """Where windows begin and end. A window contains whole periods."""

    at: AlignmentPoint
    """*hours*: full hours. *midnights*: in the time zone of the marketplace. *dates*: Amazon
    reads only the date of a time."""
    period: PeriodName = "DAY"
    """The period if ``option`` is empty or not given."""
    option: Text = ""
    """The report option that chooses the period, empty if there is none."""
    max_periods: Count | None = None
    """How many periods a request may contain, None if there is no limit."""
    end_delay_hours: Count = 0
    """How long after its end a period can be requested."""

    def period_of(self, options: Mapping[str, str]) -> PeriodName:
        """Return the period of windows with these report options."""
        return _SPELLINGS.get(options.get(self.option, "").upper(), self.period)


TypeKind = Literal["range", "snapshot", "generated"]
IdentityKind = Literal["row", "group", "document"]
Format = Literal["tab", "csv", "xml", "json", "pdf", "xlsx"]
RequestMode = Literal["request", "schedule", "amazon", "seller-central"]
Service = Literal["mws", "sp_api"]
Restriction = Literal["none", "personal", "role"]
DateOrder = Literal["MDY", "DMY", "YMD"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A known column of a report type."""

    header: str
    """Amazon's spelling, with blanks at its ends."""
    kind: Kind
    name: str
    """The name of the property in records."""
    aliases: tuple[str, ...] = ()
    """Other headers of the column that `header_key` does not join, such as ``lpn``."""
    date_order: DateOrder | None = None
    """The order of day, month and year, if it is the same in all marketplaces."""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all headers of the column."""
        return frozenset(map(header_key, (self.header, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a row, in every document."""

    kind: IdentityKind
    """*row*: the columns identify a row. *group*: the columns identify a thing whose rows are
    always together in one document; the row's number in the group, ``_line``, is added.
    *document*: only the seller's report id and the row's number in the document identify a row."""
    columns: tuple[str, ...] = ()
    """Names of columns, none for *document*."""
    because: str = field(default="", compare=False)
    """The reason, if it is not obvious."""


class Option(TomlTable, frozen=True):
    """An option that a report type accepts."""

    name: Text
    values: Texts = ()
    """Allowed values; empty if any text is allowed."""
    required: bool = False
    meaning: Text = ""
    max_values: Count | None = None
    """How many values, divided by blanks, one request may have; None if it is one value."""


class SuccessorColumn(TomlTable, frozen=True):
    """Where the successor of a report type has the values of a column."""

    column: Text
    """A header of the successor."""
    where: Text = ""
    """Which of its rows have them, if not all."""


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type: how it is requested, and what its documents contain."""

    name: str
    """The MWS spelling, also for types that only SP-API has."""
    sp_api_name: str | None
    stream: str
    kind: TypeKind
    """*range*: a request takes a start and an end date. *snapshot*: the report shows the current
    state. *generated*: Amazon makes the reports and they are never requested."""
    title: str
    identity: Identity
    columns: tuple[ColumnSpec, ...] = ()
    request_modes: tuple[RequestMode, ...] = ("request",)
    """How a report is created: by the seller through the service (``request``, ``schedule``), by
    Amazon (``amazon``), or by the seller on the web site (``seller-central``)."""
    max_days: int | None = None
    """The longest range of one request, None if neither service states a limit."""
    cooldown_minutes: int | None = None
    """How long Amazon creates no new version, None if neither service states it."""
    lookback_days_default: int = 0
    """How far before its bookmark a run starts, to get late changes."""
    lookback_because: str = ""
    """Why that far, with the source."""
    local_numbers: bool = False
    """Amounts use the decimal mark of the marketplace."""
    grouped_integers: bool = False
    """Whole numbers may have commas between thousands in every marketplace."""
    one_marketplace: bool = False
    """A report covers one marketplace, even if more are requested."""
    positional: bool = False
    """The order of the columns is fixed, the language of their headers is not: it is read by the
    order, unless all headers are those of the entry."""
    filled_down: tuple[str, ...] = ()
    """Names of columns whose value is only in the first row and applies to all rows."""
    category: str = ""
    format: Format = "tab"
    services: tuple[Service, ...] = ("mws", "sp_api")
    """The services that have the type, or had it; none for a download."""
    download_only: bool = False
    """No service has the type: users download its documents from Seller Central."""
    required_columns: tuple[str, ...] = ()
    """Names of columns that every document has, where there is no key."""
    withdrawn: str | None = None
    """The date (ISO text) since which no service has the type."""
    unlisted: str | None = None
    """The date (ISO text) on which Amazon's list was seen without the type, though Amazon had
    announced nothing."""
    successor: str = ""
    """What to use instead of a type that is withdrawn or unlisted; empty if nothing is known."""
    successor_columns: tuple[tuple[str, SuccessorColumn], ...] = ()
    """By header, of the columns that the successor has elsewhere."""
    caution: str = ""
    """What users have to know about the contents, with the source."""
    lookback_limit_days: int | None = None
    """How old the start of a range may be, None if neither service states a limit."""
    retention_days: int | None = None
    """How long Amazon keeps a document, None if neither service states it."""
    alignment: WindowAlignment | None = None
    """Where windows must begin and end, None if they may anywhere."""
    start_offset_hours: int | None = None
    """How long ago the start in a request for a snapshot must be, None if it takes no start."""
    options: tuple[Option, ...] = ()
    marketplaces: tuple[str, ...] = ()
    """Country codes or regions (NA, EU, FE); empty means all."""
    restricted: Restriction = "none"
    """What is needed to read a report: nothing special (*none*), a restricted data token
    (*personal*), or a role of the application (*role*)."""
    root: str = ""
    """Of XML: the path of the element that contains the rows."""
    row_elements: tuple[str, ...] = ()
    """Of XML: the paths below ``root`` of elements that repeat; the innermost are the rows."""
    list_path: str = ""
    """Of a part: the path of its list in the JSON document."""
    parts: tuple[ReportType, ...] = ()
    """A type for each list of a JSON document that has several, otherwise equal to the whole."""
    other_sp_api_names: tuple[str, ...] = ()
    personal_sp_api_names: tuple[str, ...] = ()
    """Those of the other names that need a restricted data token although the type does not."""
    source: tuple[str, ...] = ()
    """Public addresses of the documentation."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the type, in the spellings of both services."""
        return tuple(filter(None, (self.name, self.sp_api_name, *self.other_sp_api_names)))

    @property
    def streams(self) -> tuple[ReportType, ...]:
        """The types that are streams: the parts if there are any, otherwise the type itself."""
        return self.parts or (self,)

    def joined(self) -> ReportType:
        """Return the type with the columns of all its parts, to read all lists together."""
        columns: dict[str, ColumnSpec] = {}
        for spec in (*self.columns, *(spec for part in self.parts for spec in part.columns)):
            columns.setdefault(spec.name, spec)
        return replace(self, parts=(), columns=tuple(columns.values()))

    def with_kinds(self, kinds: Mapping[str, Kind]) -> ReportType:
        """Return the type with the given kinds, by column name or header.

        Columns that are not known are added. A part gets the kinds of columns that it knows, and
        those that no part knows.
        """
        if self.parts:
            return replace(self, parts=tuple(_parts_with_kinds(self.parts, kinds)))
        chosen = {header_key(name): (name, kind) for name, kind in kinds.items()}
        changed = [
            replace(spec, kind=chosen.pop(key)[1]) if (key := _chosen(spec, chosen)) else spec
            for spec in self.columns
        ]
        added = [ColumnSpec(name, kind, column_name(name)) for name, kind in chosen.values()]
        return replace(self, columns=(*changed, *added))


def _chosen(spec: ColumnSpec, chosen: Mapping[str, object]) -> str | None:
    return next((key for key in sorted(spec.keys) if key in chosen), None)


def _parts_with_kinds(
    parts: Sequence[ReportType], kinds: Mapping[str, Kind]
) -> Iterator[ReportType]:
    keys = [frozenset().union(*(spec.keys for spec in part.columns)) for part in parts]
    known = frozenset().union(*keys)
    for part, own in zip(parts, keys, strict=True):
        yield part.with_kinds(
            {
                name: kind
                for name, kind in kinds.items()
                if header_key(name) in own or header_key(name) not in known
            }
        )
