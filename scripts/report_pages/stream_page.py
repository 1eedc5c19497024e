"""The page of one stream."""

from __future__ import annotations

import json

from report_pages.example_record import example_record
from report_pages.markdown import block, code, codes, paragraphs, prose, section, table
from report_pages.own_columns import described, own_columns
from tap_mws_reports.cli.type_details import (
    FILES,
    IDENTITIES,
    called_in,
    facts,
    key_of,
    kind_of,
    settings_for,
)
from tap_mws_reports.report_types import ColumnSpec, ReportType
from tap_mws_reports.report_types.column_meanings import meanings_of

MADE = "<!-- Written by `make docs` from the entry of the report type. -->"

_LINKS = "[All report types](../report-types.md) · [How documents are read](../reading.md)"
_BESIDE = (
    "Any other column of a document becomes a text column, named after its header "
    "([new columns](../reading.md#columns))."
)
_VALUES = (
    "Those that Amazon names, or that documents have shown. A document may hold others, also "
    "in the language of its marketplace: they are loaded as they are."
)
_KEPT = "The document is kept as a file; it is not read as rows."
_UNKNOWN_COLUMNS = (
    "No column is known beforehand: those of the document become text columns, named after its "
    "header ([new columns](../reading.md#columns))."
)


def stream_page(known: ReportType, stream: ReportType) -> str:
    """Return the page of a stream of a report type, which is the type itself or a part of it."""
    if known.download_only:
        return _download_page(known)
    parts = (
        MADE,
        f"# {code(stream.stream)}",
        _what(known, stream),
        _LINKS,
        table(("the report", ""), _facts(known, stream)),
        section("Moving to the successor", _moving(known)),
        section("Options", table(("option", "values", "required", "meaning"), _options(known))),
        section("Key", _key(stream)),
        section("Columns", _columns(stream), _beside(known, stream)),
        _values(stream),
        section("Columns of every row", table(("column", "kind", "meaning"), _own(stream))),
        section("Example", *_settings(known), _record(known, stream)),
        section("Sources", "\n".join(f"- <{address}>" for address in _sources(known, stream))),
    )
    return paragraphs(*parts) + "\n"


def _download_page(known: ReportType) -> str:
    """Return the page of a type that no service has, and that is not a stream."""
    parts = (
        MADE,
        f"# {code(known.stream)}",
        _what(known, known),
        _LINKS,
        table(("the report", ""), _facts(known, known)),
        section("Columns", _columns(known), _beside(known, known)),
        section("Example", f"```\nmws-reports read --type {known.name} report.csv\n```"),
        section("Sources", "\n".join(f"- <{address}>" for address in known.source)),
    )
    return paragraphs(*parts) + "\n"


def _what(known: ReportType, stream: ReportType) -> str:
    titles = dict.fromkeys(filter(None, (known.title, stream.title)))
    names = [
        f"{' or '.join(map(code, names))} in {place}" for place, names in called_in(known).items()
    ]
    return f"{prose(': '.join(titles))}. {', '.join(names)}."


def _facts(known: ReportType, stream: ReportType) -> list[tuple[str, str]]:
    rows = [(label, prose(text)) for label, text in facts(known).items()]
    return [*rows, ("list", code(stream.list_path))] if stream.list_path else rows


def _moving(known: ReportType) -> str:
    """Return where the successor has the columns that it does not have by the same name."""
    rows = [
        (code(header), code(moved.column), prose(moved.where))
        for header, moved in known.successor_columns
    ]
    if not rows:
        return ""
    same = f"Columns that are not named here have the same header in {code(known.successor)}."
    return paragraphs(same, table(("header", "header there", "in rows where"), rows))


def _options(known: ReportType) -> list[tuple[str, ...]]:
    return [
        (
            code(option.name),
            codes(option.values) or "any text",
            "yes" if option.required else "no",
            prose(option.meaning),
        )
        for option in known.options
    ]


def _key(stream: ReportType) -> str:
    key, kept = key_of(stream)
    identity = stream.identity
    also = f"With `keep_snapshots`, {codes(kept)} also belongs to it." if kept else ""
    kind = f"Of the kind *{identity.kind}*: {IDENTITIES[identity.kind]}."
    return paragraphs(codes(key), " ".join(filter(None, (kind, prose(identity.because), also))))


def _columns(stream: ReportType) -> str:
    meanings = meanings_of(stream.stream)
    head = ("column", "kind", "header in the document", "other spellings")
    if meanings is None:
        return table(head, map(_column, stream.columns))
    rows = [(*_column(spec), prose(meanings.columns.get(spec.name, ""))) for spec in stream.columns]
    return table((*head, "meaning"), rows)


def _column(spec: ColumnSpec) -> tuple[str, ...]:
    aliases = (alias.strip() for alias in spec.aliases)
    return code(spec.name), kind_of(spec), code(spec.header.strip()), codes(aliases)


def _values(stream: ReportType) -> str:
    """Return the values of the stream's enumerations."""
    meanings = meanings_of(stream.stream)
    names = {spec.name for spec in stream.columns}
    rows = [
        (code(column), code(value), prose(meaning))
        for column, values in (meanings.of(names).values if meanings else {}).items()
        for value, meaning in values.items()
    ]
    return section("Values", _VALUES if rows else "", table(("column", "value", "meaning"), rows))


def _sources(known: ReportType, stream: ReportType) -> tuple[str, ...]:
    meanings = meanings_of(stream.stream)
    return tuple(dict.fromkeys((*known.source, *(meanings.source if meanings else ()))))


def _beside(known: ReportType, stream: ReportType) -> str:
    if known.format in FILES:
        return _KEPT
    return _BESIDE if stream.columns else _UNKNOWN_COLUMNS


def _own(stream: ReportType) -> list[tuple[str, ...]]:
    return [
        (code(name), kind.value, described(name).meaning)
        for name, kind in own_columns(stream).items()
    ]


def _settings(known: ReportType) -> tuple[str, ...]:
    blocks = [block(_json({"reports": [entry]})) for entry in settings_for(known)]
    return ("In the settings:", "\n\nor\n\n".join(blocks))


def _record(known: ReportType, stream: ReportType) -> str:
    record = block(_json(example_record(known, stream)))
    return paragraphs("A made-up record:", record)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
