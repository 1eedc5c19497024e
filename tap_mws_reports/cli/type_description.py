"""The description of one report type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from tap_mws_reports.cli.type_details import FILES, IDENTITIES, counted, facts, key_of, kind_of
from tap_mws_reports.report_types import ColumnSpec, ReportType
from tap_mws_reports.report_types.report_type import Option, Service

SERVICES: dict[Service, str] = {"mws": "MWS", "sp_api": "SP-API"}
"""The display names of the services."""


def names_in(known: ReportType) -> dict[Service, tuple[str, ...]]:
    """Return the names of a report type in the services that have, or had, it."""
    sp_api = filter(None, (known.sp_api_name, *known.other_sp_api_names))
    names: dict[Service, tuple[str, ...]] = {
        "mws": (known.name,),
        "sp_api": tuple(dict.fromkeys(sp_api)),
    }
    return {service: names[service] for service in known.services if names[service]}


def option_fact(option: Option) -> str:
    """Return the description of an option in one line."""
    need = "required" if option.required else ""
    values = " or ".join(option.values) or "any text"
    return "; ".join(filter(None, (values, need, option.meaning)))


def settings_for(known: ReportType) -> list[str | dict[str, Any]]:
    """Return example entries of the setting `reports` for a type: short, and with options."""
    name = next(iter(names_in(known).values()))[0]
    required = [option for option in known.options if option.required]
    shown = required or known.options[:1]
    long = {"type": name, "options": {each.name: _example(each) for each in shown}}
    return [*([] if required else [name]), *([long] if shown else [])]


def _example(option: Option) -> str:
    return option.values[0] if option.values else "..."


_LABEL = 40  # characters, with the blanks after it; a longer one has a line of its own


def describe_type(known: ReportType, width: int) -> str:
    """Return the description of a type as text.

    Args:
        known: the type.
        width: of a line, in characters.
    """
    formatter = click.HelpFormatter(width=width)
    formatter.write_text(known.title)
    formatter.indent()
    _write(formatter, {**_names(known), **facts(known)})
    formatter.dedent()
    _section(formatter, "options", {each.name: option_fact(each) for each in known.options})
    for stream in known.streams:
        _write_stream(formatter, stream)
    _section(formatter, "in `reports`", _examples(known))
    _section(formatter, "sources", dict.fromkeys(known.source, ""))
    return formatter.getvalue().strip("\n")


def _names(known: ReportType) -> dict[str, str]:
    names = names_in(known)
    return {
        f"in {called}": ", ".join(names[service]) if service in names else "no such type"
        for service, called in SERVICES.items()
    }


def _write_stream(formatter: click.HelpFormatter, stream: ReportType) -> None:
    key, kept = key_of(stream)
    identity = stream.identity
    about = {
        "list": stream.list_path,
        "key": ", ".join(key),
        "kept snapshots": f"{', '.join(kept)} also, with `keep_snapshots`" if kept else "",
        "kind of key": f"{identity.kind}: {IDENTITIES[identity.kind]}",
        "because": identity.because,
        "columns": _columns(stream),
    }
    _section(formatter, f"stream {stream.stream}", {k: text for k, text in about.items() if text})
    _section(formatter, "columns", {each.name: _column(each) for each in stream.columns})


def _columns(stream: ReportType) -> str:
    if stream.format in FILES:
        return "none: the document is kept as a file"
    known = counted(len(stream.columns), "known column")
    return known if stream.columns else "text, named after the header of the document"


def _column(spec: ColumnSpec) -> str:
    others = f"; {counted(len(spec.aliases), 'other spelling')}" if spec.aliases else ""
    return f"{kind_of(spec)}; `{spec.header.strip()}`{others}"


def _examples(known: ReportType) -> dict[str, str]:
    return {json.dumps(each, ensure_ascii=False): "" for each in settings_for(known)}


def _section(formatter: click.HelpFormatter, title: str, rows: Mapping[str, str]) -> None:
    if rows:
        with formatter.section(title):
            _write(formatter, rows)


def _write(formatter: click.HelpFormatter, rows: Mapping[str, str]) -> None:
    formatter.write_dl(list(rows.items()), col_max=_LABEL)
