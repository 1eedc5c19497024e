"""The kind of each column of a stream if settings, state, catalog and report type differ.

A loaded column keeps its kind, because targets fail or round if it changes. The first of these with
a column decides: `columns` in the settings; the state, with text columns that were found before the
report type declared them; the catalog; the report type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from singer_sdk import Tap

from tap_mws_reports.documents import Timestamps
from tap_mws_reports.report_types import Decimals, Kind, ReportType, json_schema, kind_of
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS
from tap_mws_reports.streams.row_schema import OVERFLOW_COLUMNS, row_schema
from tap_mws_reports.streams.schema_evolution import SchemaEvolutionStream

Schemas = Mapping[str, dict[str, Any]]

_DESCRIBING = ("title", "description")
_OFFSETS = {"_offsets": json_schema(OVERFLOW_COLUMNS["_offsets"])}


class DeclaredKindsStream(SchemaEvolutionStream):
    """A stream of a report type whose declared kinds decide how values are parsed.

    ``chosen`` are the columns with a kind in the settings, by name or header.
    """

    def __init__(self, tap: Tap, report_type: ReportType, chosen: Collection[str]) -> None:
        self._chosen = chosen_kinds(report_type, chosen)
        self._timestamps: Timestamps = tap.config.get("timestamps", "utc")
        self._decimals: Decimals = tap.config.get("decimals", "number")
        schema = row_schema(report_type, self._timestamps, self._decimals)
        super().__init__(tap, schema=schema, name=report_type.stream)

    def settle_kinds(self) -> None:
        """Declare columns by the settings and the state where the catalog differs."""
        declared = self.effective_schema["properties"]
        learnt = self.stream_state.get("columns", [])
        changed = changed_schemas(declared, self._chosen, learnt, self._decimals)
        if self._timestamps == "utc":
            # Older catalogs lack the column of offsets.
            changed |= {name: each for name, each in _OFFSETS.items() if name not in declared}
        excluded = self.column_filter.excludes
        changed = {name: schema for name, schema in changed.items() if not excluded(name)}
        if other := other_kinds(declared, changed):
            what = "The settings or the state override the kind of these columns of %s: %s"
            self.logger.info(what, self.name, ", ".join(other))
        if changed or self._decimals == "exact":
            self.set_column_schemas(changed)

    def grow_schema(self, columns: Mapping[str, dict[str, Any]]) -> None:
        """Add ``columns`` to the schema; decimals are declared like all others."""
        super().grow_schema(
            {
                name: json_schema(kind, self._decimals)
                if (kind := kind_of(schema)) is Kind.DECIMAL
                else schema
                for name, schema in columns.items()
            }
        )

    def declared_kinds(self) -> dict[str, Kind]:
        """Return the declared kinds of all columns, by which values are parsed."""
        properties = self.effective_schema["properties"]
        kinds = {name: kind_of(schema) for name, schema in properties.items()}
        return {name: kind for name, kind in kinds.items() if kind}


def chosen_kinds(report_type: ReportType, columns: Collection[str]) -> dict[str, Kind]:
    """Return the kinds of the columns that the settings declare, by column name.

    Args:
        report_type: the report type with the kinds of the settings.
        columns: names or headers, as in the settings.
    """
    keys = set(map(header_key, columns))
    return {spec.name: spec.kind for spec in report_type.columns if spec.keys & keys}


def changed_schemas(
    declared: Schemas, chosen: Mapping[str, Kind], learnt: Collection[str], decimals: Decimals
) -> dict[str, dict[str, Any]]:
    """Return the columns whose JSON schema must change, with the new schema.

    Other keywords of the catalog, such as the maximum length, are kept if the kind is unchanged.

    Args:
        declared: the columns of the catalog, or of the report type without a catalog.
        chosen: the kinds in the settings. These columns are added if missing.
        learnt: the names of columns that were not declared when found, and so are text.
        decimals: how decimals are declared.
    """
    kinds = {**dict.fromkeys(set(learnt) - FILE_COLUMNS.keys(), Kind.TEXT), **chosen}
    return dict(_changes(declared, {name: {} for name in chosen}, kinds, decimals))


def other_kinds(declared: Schemas, changed: Schemas) -> list[str]:
    """Return the names of the declared columns whose kind changes."""
    return sorted(
        name
        for name, schema in changed.items()
        if name in declared and kind_of(declared[name]) is not kind_of(schema)
    )


def _changes(
    declared: Schemas, added: Schemas, kinds: Mapping[str, Kind], decimals: Decimals
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in {**added, **declared}.items():
        found = kind_of(schema)
        kind = kinds.get(name) or found
        if kind is None:
            continue
        wanted = json_schema(kind, decimals)
        if found is not kind or not _is_declared(schema, wanted, kind):
            described = {key: schema[key] for key in _DESCRIBING if key in schema}
            yield name, {**described, **wanted}


def _is_declared(schema: Mapping[str, Any], wanted: Mapping[str, Any], kind: Kind) -> bool:
    """Whether a schema of the right kind has the right form; only decimals have two forms."""
    if kind is not Kind.DECIMAL:
        return True
    if "number" in wanted["type"]:
        return "number" in schema["type"]
    return all(schema.get(key) == wanted.get(key) for key in ("format", "precision", "scale"))
