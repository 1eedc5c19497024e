"""The values that say what is known of a report type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tap_mws_reports.report_types.borders import Borders
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name, header_key

TypeKind = Literal["range", "snapshot", "generated"]
IdentityKind = Literal["row", "group", "document"]
Format = Literal["tab", "csv", "xml", "json", "pdf", "xlsx"]
Service = Literal["mws", "sp_api"]
Restriction = Literal["none", "personal", "role"]
DateOrder = Literal["MDY", "DMY", "YMD"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column that is known to occur in reports of a type.

    ``header`` is Amazon's spelling, blanks at its ends included; ``aliases`` are other headers
    for the same thing that `header_key` does not join, such as ``lpn``. ``date_order`` is the order
    of day, month and year where it is the same in all marketplaces.
    """

    header: str
    kind: Kind
    name: str
    aliases: tuple[str, ...] = ()
    date_order: DateOrder | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all headers of the column."""
        return frozenset(map(header_key, (self.header, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Identity:
    """How a row is told from others, never more than is true. ``columns`` are column names.

    *row*: the columns identify a row. *group*: they identify a thing whose rows always come
    together in one document; ``_line``, the ordinal among them, is added. *document*: only the
    seller's report id and the row's number in it do; there are no columns. ``because`` says why
    so, where it is not plain.
    """

    kind: IdentityKind
    columns: tuple[str, ...] = ()
    because: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Option:
    """An option that a report type accepts. ``values`` is empty where any text is allowed."""

    name: str
    values: tuple[str, ...] = ()
    required: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ReportType:
    """What is known of a report type. ``name`` is the MWS spelling, also where MWS never had it.

    *range* types take a start and an end date, *snapshot* types show the state of things now,
    *generated* types are made by Amazon and never requested. ``asked`` is how a report comes about:
    ``request`` and ``schedule`` by the seller through the service, ``amazon`` unasked,
    ``seller-central`` by hand. ``services`` are those that have, or had, the type, and
    ``withdrawn`` is the day (ISO text) since when none has.

    ``max_days`` is the longest range of one request, ``lookback_limit_days`` how old its start may
    be, ``retention_days`` how long a document is kept, ``cooldown_minutes`` the time in which
    Amazon makes no new version; None where neither service states a limit.
    ``lookback_days_default`` is how far a run goes back for late changes. ``borders`` say where
    windows have to begin and end, None where that does not matter; ``reach_hours`` how long ago
    the start has to lie that a snapshot is asked for with, None where it takes none.
    ``marketplaces`` are country codes or regions (NA, EU, FE); empty means all.
    ``one_marketplace`` means that a report covers one marketplace, however many are asked for.
    ``restricted`` says what reading it takes: nothing special, a token for personal data, or a
    role that the application was granted; ``personal_sp_api_names`` are those of the other names
    that take a token although the type does not.

    ``local_numbers`` means that amounts follow the marketplace's decimal mark, ``positional``
    that the order of the columns is fixed while the language of their headers is not. ``carried``
    are columns whose values stand in the first row and hold for all.

    Of XML, ``row_elements`` are the paths below ``root`` of the elements that repeat, whose
    innermost are the rows. JSON holds lists of different things: then ``parts`` has a type of its
    own for each, with the path of its list in ``list_path``, and otherwise like the whole.
    """

    name: str
    sp_api_name: str | None
    stream: str
    kind: TypeKind
    title: str
    identity: Identity
    columns: tuple[ColumnSpec, ...] = ()
    asked: tuple[str, ...] = ("request",)
    max_days: int | None = None
    cooldown_minutes: int | None = None
    lookback_days_default: int = 0
    local_numbers: bool = False
    one_marketplace: bool = False
    positional: bool = False
    carried: tuple[str, ...] = ()
    category: str = ""
    format: Format = "tab"
    services: tuple[Service, ...] = ("mws", "sp_api")
    withdrawn: str | None = None
    lookback_limit_days: int | None = None
    retention_days: int | None = None
    borders: Borders | None = None
    reach_hours: int | None = None
    options: tuple[Option, ...] = ()
    marketplaces: tuple[str, ...] = ()
    restricted: Restriction = "none"
    root: str = ""
    row_elements: tuple[str, ...] = ()
    list_path: str = ""
    parts: tuple[ReportType, ...] = ()
    other_sp_api_names: tuple[str, ...] = ()
    personal_sp_api_names: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the type, in the spellings of both services."""
        return tuple(filter(None, (self.name, self.sp_api_name, *self.other_sp_api_names)))

    @property
    def streams(self) -> tuple[ReportType, ...]:
        """The types whose rows are streams: the parts of a type that has some, else itself."""
        return self.parts or (self,)

    def joined(self) -> ReportType:
        """Return the type with the columns of all its parts, to read all lists at once."""
        columns: dict[str, ColumnSpec] = {}
        for spec in (*self.columns, *(spec for part in self.parts for spec in part.columns)):
            columns.setdefault(spec.name, spec)
        return replace(self, parts=(), columns=tuple(columns.values()))

    def with_kinds(self, kinds: Mapping[str, Kind]) -> ReportType:
        """Return the type with other kinds for some columns, by column name or header.

        Of a type with parts, every part gets those that it knows, and those that none knows.
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
