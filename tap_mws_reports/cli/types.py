"""`mws-reports types`: what is known of report types."""

from __future__ import annotations

import argparse

import click

from tap_mws_reports import report_types
from tap_mws_reports.report_types import ReportType


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    types = commands.add_parser(
        "types", help="list or describe report types", description="List or describe report types."
    )
    types.add_argument("name", nargs="?", help="in either service's spelling; default: list all")
    types.set_defaults(run=_show)


def _show(given: argparse.Namespace) -> int:
    if given.name:
        click.echo(_described(report_types.load(given.name)))
        return 0
    for known in report_types.all_known():
        click.echo(f"{known.name:<50} {known.kind:<10} {known.title}")
    return 0


def _described(known: ReportType) -> str:
    identity = ", ".join(known.identity.columns) or "the report's id and the row's number"
    facts = {
        "name": known.name,
        "in SP-API": known.sp_api_name or "-",
        "stream": known.stream,
        "kind": known.kind,
        "asked by": ", ".join(known.asked) or "nobody: Amazon makes it",
        "longest": f"{known.max_days} days" if known.max_days else "no limit is stated",
        "cooldown": f"{known.cooldown_minutes} minutes" if known.cooldown_minutes else "none",
        "key": f"{known.identity.kind}: {identity}",
        "source": " ".join(known.source) or "-",
    }
    lines = [known.title, *(f"  {name:<10} {text}" for name, text in facts.items())]
    lines += ["  columns", *(f"    {each.name:<45} {each.kind.value}" for each in known.columns)]
    return "\n".join(lines)
