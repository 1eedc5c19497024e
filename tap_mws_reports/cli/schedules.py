"""`mws-reports schedule`: the schedules by which Amazon makes reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import click

from tap_mws_reports import report_types
from tap_mws_reports.api.interface import NEVER, ReportSchedule
from tap_mws_reports.cli.commands import examples, group
from tap_mws_reports.cli.options import TIMESTAMP, json_option, seller_options, type_option
from tap_mws_reports.cli.output import as_json_object, show
from tap_mws_reports.cli.seller_client import SellerClient, connect_seller, show_notices

_COLUMNS = {
    "schedule_id": "ID",
    "report_type": "Report type",
    "schedule": "Period",
    "scheduled_date": "Next run",
    "marketplace_ids": "Marketplaces",
}


@group(
    "schedule",
    "mws-reports schedule list --config config.json",
    "mws-reports schedule set GET_MERCHANT_LISTINGS_ALL_DATA P1D --config config.json",
)
def command() -> None:
    """List, set and remove the schedules by which Amazon makes reports."""


@command.command("list", epilog=examples("mws-reports schedule list --config config.json"))
@seller_options
@type_option
@click.option("--id", "schedule_id", metavar="ID", help="Only this schedule (SP-API only).")
@json_option
def list_schedules(
    config_paths: Sequence[str],
    seller_id: str | None,
    types: Sequence[str],
    schedule_id: str | None,
    *,
    as_json: bool,
) -> None:
    """List schedules."""
    client = connect_seller(config_paths, seller_id)
    if schedule_id is not None:
        found = [client.reports.report_schedule(schedule_id)]
    else:
        names = client.types(types)
        found = client.reports.report_schedules(report_types=names)
    _show(client, found, as_json=as_json)


@command.command(
    "set",
    no_args_is_help=True,
    epilog=examples(
        "mws-reports schedule set GET_MERCHANT_LISTINGS_ALL_DATA P1D --config config.json"
    ),
)
@click.argument("report_type", metavar="TYPE")
@click.argument("period", metavar="PERIOD")
@seller_options
@click.option("--first-run", type=TIMESTAMP, help="When Amazon makes the first report.")
@json_option
def set_schedule(
    report_type: str,
    period: str,
    config_paths: Sequence[str],
    seller_id: str | None,
    first_run: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Let Amazon make a report of TYPE every PERIOD; a schedule of the type is replaced.

    PERIOD is an ISO 8601 duration such as PT4H or P1D with SP-API, and a name such as _4_HOURS_
    or _1_DAY_ with MWS; each service refuses what it does not have.
    """
    client = connect_seller(config_paths, seller_id)
    name = report_types.load(report_type).name
    show_notices(client, report_type, {})
    _show(client, client.reports.manage_schedule(name, period, first_run), as_json=as_json)


@command.command(
    "remove",
    no_args_is_help=True,
    epilog=examples(
        "mws-reports schedule remove GET_MERCHANT_LISTINGS_ALL_DATA --config config.json"
    ),
)
@click.argument("report_type", metavar="TYPE")
@seller_options
def remove_schedule(report_type: str, config_paths: Sequence[str], seller_id: str | None) -> None:
    """Remove the schedule of TYPE for the configured marketplaces."""
    client = connect_seller(config_paths, seller_id)
    name = report_types.load(report_type).name
    left = client.reports.manage_schedule(name, NEVER)
    still = [each for each in left if each.report_type == name and each.schedule != NEVER]
    click.echo(f"{client.type_name(name)} is not scheduled any more.", err=True)
    if still:
        click.echo("Schedules of other marketplaces remain:", err=True)
        _show(client, still, as_json=False)


def _show(client: SellerClient, found: Iterable[ReportSchedule], *, as_json: bool) -> None:
    rows = [
        {**as_json_object(each), "report_type": client.type_name(each.report_type)}
        for each in found
    ]
    show(rows, _COLUMNS, as_json=as_json, empty="Amazon has no schedules.")
