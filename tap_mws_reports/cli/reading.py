"""`mws-reports read`: a downloaded report as JSON lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.documents import Habits, Table, open_table, unpacked
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.recognition import recognise, recognise_json, recognise_xml

_ANY_TYPE = report_types.load("_GET_UNKNOWN_")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    read = commands.add_parser(
        "read",
        help="read a downloaded report",
        description="Read a downloaded report: JSON lines on stdout, what was found on stderr.",
    )
    read.add_argument("file", type=Path)
    read.add_argument("--type", help="the report type; by default what the header says")
    read.add_argument("--marketplace", default="US", help="id or country; default: US")
    read.add_argument("--charset", help="what the Content-Type header said")
    read.set_defaults(run=_read)


def _read(given: argparse.Namespace) -> int:
    path: Path = given.file
    if not path.is_file():
        raise SettingsError(f"{path} is not a file", where="mws-reports read")
    with unpacked(path) as document:
        return _write_rows(given, document)


def _write_rows(given: argparse.Namespace, path: Path) -> int:
    habits = _habits(given.marketplace)
    report_type, why = _report_type(given, path, habits)
    table = open_table(path, report_type=report_type, charset=given.charset, habits=habits)
    encoder = msgspec.json.Encoder(decimal_format="number")
    unfit = 0
    for row in table.rows():
        unfit += row["_unparsed"] is not None or row["_extra"] is not None
        sys.stdout.buffer.write(encoder.encode(row) + b"\n")
    sys.stdout.buffer.flush()
    click.echo(_summary(table, why, unfit), err=True)
    return 0


def _habits(marketplace: str) -> Habits:
    found = marketplaces.find(marketplace)
    return Habits(found.code_page, found.time_zone, found.date_order, found.decimal_mark)


def _report_type(given: argparse.Namespace, path: Path, habits: Habits) -> tuple[ReportType, str]:
    if given.type:
        return report_types.load(given.type).joined(), "as told"
    table = open_table(path, report_type=_ANY_TYPE, charset=given.charset, habits=habits)
    found = _recognised(table)
    if not found:
        return _ANY_TYPE, "no known report type has this header"
    others = ", ".join(each.name for each in found[1:])
    return found[0], "by its header" + (f", which is also that of {others}" if others else "")


def _recognised(table: Table) -> list[ReportType]:
    if table.lists:
        return recognise_json(table.lists, table.header)
    return recognise(table.header) or recognise_xml(table.header)


def _summary(table: Table, why: str, unfit: int) -> str:
    counted = table.accounting
    known = [column for column in table.columns if column.known]
    new = [column.name for column in table.columns if not column.known]
    missing = {spec.name for spec in table.report_type.columns} - {each.name for each in known}
    refused = "".join(f", {reason} {count}" for reason, count in counted.refusals.items())
    lines = {
        "type": f"{table.report_type.name} ({why})",
        "charset": f"{table.decoding.encoding} ({table.decoding.rule})",
        "columns": f"{len(known)} known, {len(new)} new, {len(missing)} missing",
        "new": ", ".join(new) or "none",
        "lines": f"{counted.lines} in: {counted.rows} rows, {counted.blank} blank"
        f", {counted.refused} refused{refused}",
        "cells": f"{unfit} rows have cells that did not fit, kept in _unparsed and _extra",
    }
    return "\n".join(f"{name:>8}: {text}" for name, text in lines.items())
