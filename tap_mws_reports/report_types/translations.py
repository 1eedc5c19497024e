"""Headers in other languages, as aliases of known columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ColumnSpec, ReportType
from tap_mws_reports.report_types.toml_table import BadEntry


def with_translations(file: str, known: ReportType, translations: Mapping[str, str]) -> ReportType:
    """Return the type with headers in other languages as aliases of its columns.

    Args:
        file: the name of the file with the translations, for messages.
        known: the type as its entry describes it.
        translations: header in the document -> header in the entry.

    Raises:
        BadEntry: a header is translated to one that the entry does not have, or belongs to two.
    """
    aliases: dict[str, list[str]] = {spec.header: [] for spec in known.columns}
    taken = {key: spec.header for spec in known.columns for key in spec.keys}
    for local, header in translations.items():
        if header not in aliases:
            raise BadEntry(file, repr(local), f"there is no column {header!r}")
        if taken.setdefault(header_key(local), header) != header:
            raise BadEntry(file, repr(local), f"is also a header of {taken[header_key(local)]!r}")
        aliases[header].append(local)
    return replace(
        known, columns=tuple(_with(spec, aliases[spec.header]) for spec in known.columns)
    )


def _with(spec: ColumnSpec, aliases: list[str]) -> ColumnSpec:
    return replace(spec, aliases=(*spec.aliases, *aliases)) if aliases else spec
