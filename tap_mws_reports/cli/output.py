"""Lists on stdout: a table for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tap_mws_reports.api.interface import Report, ReportRequest, ReportSchedule
from tap_mws_reports.api.marketplaces import labels
from tap_mws_reports.api.timestamps import format_timestamp
from tap_mws_reports.errors import printable

_PIPED_WIDTH = 200
"""Columns of a table that no terminal shows; a narrower one would fold its cells."""


def as_json_object(value: ReportRequest | Report | ReportSchedule) -> dict[str, Any]:
    """Return a value of a service as JSON: dates and statuses as text, names as they are."""
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def show(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, empty: str
) -> None:
    """Print rows.

    Args:
        rows: the rows; as JSON they are printed with all their keys.
        columns: the keys that the table shows, with their headings; it adds countries to the ids
            of `marketplace_ids`, and leaves out columns without a value.
        as_json: print one JSON array instead of a table.
        empty: the text in place of a table without rows.
    """
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(empty, err=True)
        return
    columns = {
        name: heading
        for name, heading in columns.items()
        if any(_cell(name, row.get(name)) for row in rows)
    }
    table = Table(
        *columns.values(), box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold"
    )
    for each in table.columns:
        each.overflow = "fold"
    for row in rows:
        table.add_row(*(_cell(name, row.get(name)) for name in columns))
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    console.print(table)


def _cell(name: str, value: object) -> str:
    if name == "marketplace_ids" and isinstance(value, list):
        return labels(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return printable(", ".join(map(str, value)))
    return printable(str(value))
