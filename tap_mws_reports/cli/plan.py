"""`mws-reports plan`: show what a run would do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import click

from tap_mws_reports import connection
from tap_mws_reports.api.interface import ListCalls
from tap_mws_reports.api.marketplaces import labels
from tap_mws_reports.api.timestamps import format_duration, format_timestamp
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.options import SHARD_COUNT, config_option
from tap_mws_reports.config import input_files, validation
from tap_mws_reports.config.report_checks import report_notices
from tap_mws_reports.config.service_choice import describe_choice
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types.lifecycle import configured_notices
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.request_range import request_range
from tap_mws_reports.retrieval.planning.run_plan import PartitionSummary, RunPlan, make_plan
from tap_mws_reports.retrieval.planning.shard_plan import ShardPlan, plan_shards
from tap_mws_reports.retrieval.scheduling.request_order import DEFAULT_LATENCY
from tap_mws_reports.tap import TapMwsReports


@declare(
    "plan",
    "mws-reports plan --config config.json",
    "mws-reports plan --config config.json --state state.json --json",
    "mws-reports plan --config config.json --shards 4",
)
@config_option
@click.option("--state", metavar="FILE", help="The state at the start of the run.")
@click.option("--catalog", metavar="FILE", help="Selects the streams of the run.")
@click.option(
    "--shards",
    type=SHARD_COUNT,
    metavar="N",
    help="Also divide the run between N processes, each with its settings and its forecast.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def command(
    config_paths: Sequence[str],
    state: str | None,
    catalog: str | None,
    shards: int | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> int:
    """Show what a run would do and when it would end, from settings and state alone.

    Makes no call to Amazon.
    """
    tap = _tap(config_paths, state, catalog)
    partition_requests = tap.partition_requests()
    selected = [name for name, stream in tap.streams.items() if stream.selected]
    lists = connection.list_calls(tap.owners, selected)
    planned = _planned(tap, partition_requests, lists)
    divided = _shards(tap, partition_requests, shards)
    names = [_type_name(share) for share in planned.shares]
    notices = [
        *validation.unknown_settings(tap.config),
        *configured_notices(names, planned.now.date()),
        *report_notices(tap.config),
    ]
    if choice := describe_choice(tap.config):
        notices.append(choice)
    if as_json:
        more = {} if divided is None else {"shards": [_shard_as_json(each) for each in divided]}
        click.echo(json.dumps({**_as_json(planned, notices), **more}))
    else:
        click.echo("\n".join([_as_text(planned, notices), *map(_shard_as_text, divided or ())]))
    return 0


def _planned(
    tap: TapMwsReports,
    partition_requests: Sequence[PartitionRequest],
    lists: Sequence[ListCalls] = (),
) -> RunPlan:
    return make_plan(
        partition_requests,
        validation.retrieval_policy(tap.config),
        connection.quotas(tap.config),
        tap.run.clock.now(),
        connection.request_budgets(tap.owners),
        lists,
    )


def _shards(
    tap: TapMwsReports, partition_requests: Sequence[PartitionRequest], count: int | None
) -> list[ShardPlan] | None:
    """Return the processes of so many shards, or None if no number is given.

    Raises:
        SettingsError: the settings are those of one shard.
    """
    if count is None:
        return None
    if tap.config.get("shard"):
        what = "the settings are those of one shard"
        raise SettingsError(what, where="setting `shard`", hint="plan with the settings of all")
    budgets = connection.request_budgets(tap.owners)
    limited = {
        each.report_type
        for each in partition_requests
        if budgets.has_application_limit(each.report_type)
    }
    left_out = tap.config.get("except") or []
    return list(plan_shards(partition_requests, count, limited, left_out, partial(_planned, tap)))


def _tap(config_paths: Sequence[str], state: str | None, catalog: str | None) -> TapMwsReports:
    """Return the tap with the given files.

    Raises:
        SettingsError: a file cannot be read, or a setting is wrong.
        StateError: the state has another format.
    """
    config = input_files.read_configs(config_paths)
    found = input_files.read_state(state) if state else None
    if found and found.remark:
        click.echo(f"{found.remark}.", err=True)
    return TapMwsReports(
        config=config,
        state=found.state if found else None,
        catalog=input_files.read_catalog(catalog) if catalog else None,
    )


def _as_json(planned: RunPlan, notices: Sequence[str]) -> Mapping[str, Any]:
    forecast = planned.forecast
    return {
        "now": format_timestamp(planned.now),
        "reports": forecast.reports,
        "requests": forecast.requests,
        "adopted": forecast.adopted,
        "at_least_s": round(forecast.at_least.total_seconds()),
        "expected_s": round(forecast.expected.total_seconds()),
        "finish": format_timestamp(planned.now + forecast.expected),
        "types_without_latency": list(forecast.types_without_latency),
        "notices": list(notices),
        "lists": {
            "calls": planned.lists.calls,
            "at_least_s": round(planned.lists.at_least.total_seconds()),
            "streams": [_list_as_json(each) for each in planned.lists.lists],
        },
        "shortages": [
            {
                "report_type": each.report_type,
                "allowed": each.allowed,
                "left": each.left,
                "sellers": each.sellers,
                "every_s": round(each.every.total_seconds()),
            }
            for each in planned.shortages
        ],
        "streams": [_share_as_json(share, planned.now) for share in planned.shares],
    }


def _list_as_json(each: ListCalls) -> Mapping[str, Any]:
    return {
        "stream": each.stream,
        "seller_id": each.seller_id,
        "operation": each.operation,
        "calls": each.calls,
    }


def _shard_as_json(shard: ShardPlan) -> Mapping[str, Any]:
    return {
        "name": shard.name,
        "settings": dict(shard.settings),
        "sellers": shard.sellers,
        "reports": shard.forecast.reports,
        "requests": shard.forecast.requests,
        "calls": shard.calls,
        "at_least_s": round(shard.forecast.at_least.total_seconds()),
        "expected_s": round(shard.forecast.expected.total_seconds()),
    }


def _shard_as_text(shard: ShardPlan) -> str:
    minutes = math.ceil(shard.forecast.expected.total_seconds() / 60)
    counts = {
        "seller": shard.sellers,
        "report": shard.forecast.reports,
        "call": shard.calls,
        "minute": minutes,
    }
    words = [
        f"{count} {name}" if count == 1 else f"{count} {name}s" for name, count in counts.items()
    ]
    return f"{shard.name}: {words[0]}, {words[1]}, about {words[2]} in {words[3]}"


def _share_as_json(share: PartitionSummary, now: datetime) -> Mapping[str, Any]:
    dates = request_range(share.partition_request, now)
    return {
        "stream": share.partition_request.stream,
        "report_type": _type_name(share),
        "seller_id": share.partition_request.seller_id,
        "marketplace_ids": list(share.partition_request.marketplace_ids),
        "marketplaces": labels(share.partition_request.marketplace_ids),
        "kind": share.partition_request.kind,
        "windows": share.windows,
        "reread": share.reread,
        "lookback_days": share.partition_request.rule.lookback.days,
        "retries": share.retries,
        "adopted": share.adopted,
        "snapshots": share.snapshots,
        "given_up": share.given_up,
        "first": dates.first and format_timestamp(dates.first),
        "last": dates.last and format_timestamp(dates.last),
        "remarks": list(dates.remarks),
    }


def _as_text(planned: RunPlan, notices: Sequence[str]) -> str:
    several = len({share.partition_request.seller_id for share in planned.shares}) > 1
    places = len({share.partition_request.marketplace_ids for share in planned.shares}) > 1
    shares = [
        (_name(each, sellers=several, places=places), _tasks(each, planned.now))
        for each in planned.shares
    ]
    width = max((len(name) for name, _ in shares), default=0)
    lines = [f"{name:<{width}}  {tasks}" for name, tasks in shares]
    lines.append(f"{planned.forecast.describe(planned.now)}.")
    if lists := planned.lists.describe():
        lines.append(f"{lists}.")
    lines += [f"{each.describe()}." for each in planned.shortages]
    if planned.forecast.types_without_latency:
        usual = format_duration(DEFAULT_LATENCY)
        spelling = {each.partition_request.report_type: _type_name(each) for each in planned.shares}
        unknown = planned.forecast.types_without_latency
        names = ", ".join(spelling.get(name, name) for name in unknown)
        lines.append(f"The latency of {names} is not known yet; {usual} are assumed.")
    if planned.forecast.requests:
        lines.append("The run adopts requests that Amazon already has when it starts.")
    lines += [notice if notice.endswith("?") else f"{notice}." for notice in notices]
    return "\n".join(lines)


def _name(share: PartitionSummary, *, sellers: bool, places: bool) -> str:
    """Return what a line of the plan is about; what all lines have in common is left out."""
    parts = (
        share.partition_request.seller_id if sellers else "",
        _type_name(share),
        labels(share.partition_request.marketplace_ids) if places else "",
    )
    return "  ".join(filter(None, parts))


def _type_name(share: PartitionSummary) -> str:
    """Return the name of the report type as the service spells it."""
    return share.partition_request.spelling or share.partition_request.report_type


def _tasks(share: PartitionSummary, now: datetime) -> str:
    if share.generated:
        return "documents that Amazon generates"
    tasks = {
        "{} to request": share.windows,
        "{} to retry": share.retries,
        "{} adopted": share.adopted,
        "{} to take": share.snapshots,
        "{} given up": share.given_up,
    }
    said = [words.format(count) for words, count in tasks.items() if count]
    if share.reread:
        days = share.partition_request.rule.lookback.days
        lookback = f"{share.reread} of them by the lookback of {days} days"
        said.insert(1, lookback)
    text = ", ".join(said) or "nothing to do"
    dates = request_range(share.partition_request, now).describe()
    return f"{text}; {dates}" if dates else text
