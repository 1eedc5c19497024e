"""`mws-reports state`: show a state, and merge or split the states of shards."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.config import input_files
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.retrieval.shard import MOST_SHARDS
from tap_mws_reports.retrieval.state.state_sharding import merge_states, split_state
from tap_mws_reports.retrieval.state.state_summary import PartitionState, summarise
from tap_mws_reports.retrieval.state.state_validation import check_bookmarks, round_up_numbers

MELTANO_KEY = "singer_state"
"""`meltano state get` puts the state of the tap under this key."""

SHARD_FILE = "shard-{index}-of-{count}.json"
"""The name of a shard's state, which `deploy/run_shard.py` reads and writes."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    state = commands.add_parser(
        "state",
        help="show a state, and merge or split the states of shards",
        description="Show a state, and merge or split the states of shards. Makes no call.",
    )
    actions = state.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser(
        "show",
        help="per seller and report type: done until, open requests, failed windows",
        description="Show per seller and report type until when it is done, which requests are "
        "open, and which windows have failed.",
    )
    show.add_argument("file", metavar="FILE")
    show.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    show.set_defaults(run=_show)
    merge = actions.add_parser(
        "merge",
        help="write the state of all sellers of several states to stdout",
        description="Write one state with the sellers of all given states to stdout. A seller that "
        "two of them have with different contents is an error.",
    )
    merge.add_argument("files", nargs="+", metavar="FILE")
    merge.set_defaults(run=_merge)
    split = actions.add_parser(
        "split",
        help="divide a state into those of shards",
        description="Divide a state into those of N shards, written as shard-INDEX-of-N.json.",
    )
    split.add_argument("file", metavar="FILE")
    split.add_argument("--shards", type=shard_count, required=True, metavar="N")
    split.add_argument(
        "--output", default=".", metavar="DIRECTORY", help="where to write (default: here)"
    )
    split.set_defaults(run=_split)


def _show(given: argparse.Namespace) -> int:
    found = summarise(_read(given.file)["bookmarks"])
    if given.json:
        click.echo(json.dumps({"partitions": [each.as_json() for each in found]}))
    else:
        click.echo("\n".join(_lines(found)) or "The state is empty.")
    return 0


def _merge(given: argparse.Namespace) -> int:
    states = {path: _read(path) for path in given.files}
    click.echo(json.dumps(merge_states(states, SystemClock().now().date())))
    return 0


def _split(given: argparse.Namespace) -> int:
    parts = split_state(_read(given.file), given.shards)
    folder = Path(given.output)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [
        folder / SHARD_FILE.format(index=index, count=given.shards) for index in range(len(parts))
    ]
    if there := [str(path) for path in paths if path.exists()]:
        what = f"{there[0]} exists"
        raise SettingsError(what, where="--output", hint="give a directory without such files")
    for path, part in zip(paths, parts, strict=True):
        path.write_text(json.dumps(part), encoding="utf-8")
    click.echo(f"Wrote {len(paths)} states: {paths[0]} to {paths[-1].name}", err=True)
    return 0


def _read(path: str) -> dict[str, Any]:
    """Return the validated state of a file, as the tap or Meltano wrote it.

    Raises:
        SettingsError: the file cannot be read.
        StateError: it is no state of this tap.
    """
    state = input_files.read(path, "FILE")
    if isinstance(state.get(MELTANO_KEY), dict):
        state = state[MELTANO_KEY]
    state = round_up_numbers(input_files.check_state(state, path))
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
        partition.marketplace_ids,
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


def shard_count(text: str) -> int:
    """Read a number of shards from the command line."""
    count = int(text)
    if not 1 <= count <= MOST_SHARDS:
        message = f"{count} is not between 1 and {MOST_SHARDS}"
        raise argparse.ArgumentTypeError(message)
    return count
