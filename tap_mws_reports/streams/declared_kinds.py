"""Which kind each column of a stream has, where settings, state, catalog and entry differ.

A column that has once been loaded keeps its kind, for targets break or round where it changes. In
this order, the first that speaks of a column decides: `columns` in the settings; the state, in
which columns are text that were learnt before an entry knew them; the catalog; the entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tap_mws_reports.report_types import Decimals, Kind, ReportType, json_schema, kind_of
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS

Schemas = Mapping[str, dict[str, Any]]

_DESCRIBING = ("title", "description")


def chosen_kinds(report_type: ReportType, columns: Collection[str]) -> dict[str, Kind]:
    """Return the kinds of the columns that the settings speak of, by column name.

    Args:
        report_type: with the kinds of the settings.
        columns: names or headers, as the settings have them.
    """
    keys = set(map(header_key, columns))
    return {spec.name: spec.kind for spec in report_type.columns if spec.keys & keys}


def changed_schemas(
    declared: Schemas, chosen: Mapping[str, Kind], learnt: Collection[str], decimals: Decimals
) -> dict[str, dict[str, Any]]:
    """Return the columns whose JSON schema has to be another than the declared one.

    What a catalog says beside the kind of a column, such as its longest text, is left alone as
    long as the kind stands.

    Args:
        declared: the columns of the catalog, or of the entry where there is no catalog.
        chosen: the kinds that the settings give to columns. They are declared if they were not.
        learnt: the names of columns that are text because no entry knew them when they came.
        decimals: how decimals are declared.
    """
    kinds = {**dict.fromkeys(set(learnt) - FILE_COLUMNS.keys(), Kind.TEXT), **chosen}
    return dict(_changes(declared, {name: {} for name in chosen}, kinds, decimals))


def other_kinds(declared: Schemas, changed: Schemas) -> list[str]:
    """Return the names of the declared columns that a change gives another kind."""
    return sorted(
        name
        for name, schema in changed.items()
        if name in declared and kind_of(declared[name]) is not kind_of(schema)
    )


def _changes(
    declared: Schemas, added: Schemas, kinds: Mapping[str, Kind], decimals: Decimals
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in {**added, **declared}.items():
        kind = kinds.get(name) or kind_of(schema)
        if kind is None:
            continue
        wanted = json_schema(kind, decimals)
        if kind_of(schema) is not kind or not _is_declared(schema, wanted, kind):
            described = {key: schema[key] for key in _DESCRIBING if key in schema}
            yield name, {**described, **wanted}


def _is_declared(schema: Mapping[str, Any], wanted: Mapping[str, Any], kind: Kind) -> bool:
    """Whether a schema of the right kind is in the wanted form; only decimals have two forms."""
    if kind is not Kind.DECIMAL:
        return True
    if "number" in wanted["type"]:
        return "number" in schema["type"]
    return all(schema.get(key) == wanted.get(key) for key in ("format", "precision", "scale"))
