"""`mws-reports state`: show a state, and merge or split the states of shards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.marketplaces import labels
from tap_mws_reports.cli.commands import examples, group
from tap_mws_reports.cli.options import SHARD_COUNT
from tap_mws_reports.cli.output_file import make_directory, require_new_file, write_text
from tap_mws_reports.config import input_files
from tap_mws_reports.retrieval.state.state_sharding import merge_states, split_state
from tap_mws_reports.retrieval.state.state_summary import PartitionState, summarise
from tap_mws_reports.retrieval.state.state_validation import check_bookmarks, round_up_numbers

SHARD_FILE = "shard-{index}-of-{count}.json"
"""The name of a shard's state, which `deploy/run_shard.py` reads and writes."""


@group(
    "state",
    "mws-reports state show state.json",
    "mws-reports state merge shard-*.json > state.json",
    "mws-reports state split state.json --shards 4",
)
def command() -> None:
    """Show a state, and merge or split the states of shards.

    Makes no call to Amazon.
    """


@command.command("show", epilog=examples("mws-reports state show state.json"))
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def show(file: str, *, as_json: bool) -> None:
    """Show per seller and report type what is done, open and failed."""
    found = summarise(_read(file)["bookmarks"])
    if as_json:
        click.echo(json.dumps({"partitions": [each.as_json() for each in found]}))
    else:
        click.echo("\n".join(_lines(found)) or "The state is empty.")


@command.command("merge", epilog=examples("mws-reports state merge shard-*.json > state.json"))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def merge(files: Sequence[str]) -> None:
    """Write one state with the sellers of all given states to stdout.

    A seller that two of them have with different contents is an error.
    """
    states = {path: _read(path) for path in files}
    click.echo(json.dumps(merge_states(states, SystemClock().now().date())))


@command.command("split", epilog=examples("mws-reports state split state.json --shards 4"))
@click.argument("file")
@click.option("--shards", type=SHARD_COUNT, required=True, metavar="N", help="How many.")
@click.option(
    "--output", default=".", metavar="DIRECTORY", show_default=True, help="Where to write."
)
def split(file: str, shards: int, output: str) -> None:
    """Divide a state into those of N shards, written as shard-INDEX-of-N.json."""
    parts = split_state(_read(file), shards)
    folder = Path(output)
    make_directory(folder)
    paths = [folder / SHARD_FILE.format(index=index, count=shards) for index in range(len(parts))]
    for path in paths:
        require_new_file(path, "name a directory without such files")
    for path, part in zip(paths, parts, strict=True):
        write_text(path, json.dumps(part))
    click.echo(f"Wrote {len(paths)} states: {paths[0]} to {paths[-1].name}", err=True)


def _read(path: str) -> dict[str, Any]:
    """Return the validated state of a file, as the tap or Meltano wrote it.

    Raises:
        SettingsError: the file cannot be read.
        StateError: it is not a state of this tap.
    """
    found = input_files.read_state(path)
    if found.remark:
        click.echo(f"{found.remark}.", err=True)
    state = round_up_numbers(found.state)
    state.setdefault("bookmarks", {})
    check_bookmarks(state["bookmarks"], SystemClock().now())
    return dict(state)


def _lines(found: Iterable[PartitionState]) -> Iterator[str]:
    seller_id = None
    for each in found:
        if each.seller_id != seller_id:
            seller_id = each.seller_id
            yield f"seller {seller_id}"
        yield f"  {_name(each)}: {_summary(each)}"
        for request in each.open_requests:
            yield f"    open    {_window(request)}  request {request['report_request_id']}"
        for failed in each.failed_windows:
            yield f"    failed  {_window(failed)}  {failed['reason']}"
        for given_up in each.given_up:
            since, reason = given_up["since"], given_up["reason"]
            yield f"    given up since {since}  {_window(given_up)}  {reason}"


def _name(partition: PartitionState) -> str:
    parts = (
        partition.stream,
        partition.marketplace_ids and labels(partition.marketplace_ids.split(",")),
        partition.group and f"group {partition.group}",
    )
    return " ".join(filter(None, parts))


def _summary(partition: PartitionState) -> str:
    counts = {
        "open": len(partition.open_requests),
        "failed": len(partition.failed_windows),
        "given up": len(partition.given_up),
    }
    done = f"done until {partition.done_until}" if partition.done_until else "nothing done"
    return ", ".join([done, *(f"{count} {name}" for name, count in counts.items() if count)])


def _window(entry: Mapping[str, str]) -> str:
    if "start" in entry:
        return f"{entry['start']} to {entry['end']}"
    return f"report {entry['report_id']}" if "report_id" in entry else "snapshot"
