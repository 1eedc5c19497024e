"""`mws-reports request`, `list`, `get`, `cancel`, `acknowledge` and `counts`: single reports."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import click

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.interface import (
    ProcessingStatus,
    ReportDocument,
    ReportRequest,
    ReportSpec,
)
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.detection import open_detected, requested_type
from tap_mws_reports.cli.options import PAIR, TIMESTAMP, json_option, seller_options, type_option
from tap_mws_reports.cli.output import as_json_object, show
from tap_mws_reports.cli.output_file import output_file
from tap_mws_reports.cli.read_summary import ReadSummary
from tap_mws_reports.cli.row_output import Format, make_output, write_rows
from tap_mws_reports.cli.seller_client import SellerClient, connect_seller, show_notices
from tap_mws_reports.documents import decompressed
from tap_mws_reports.errors import ReportCancelled, ReportStuck, RequestRefused, SettingsError

_SHOWN = 100
_FIRST_POLL = timedelta(seconds=3)
_LAST_POLL = timedelta(minutes=1)

_REQUEST_COLUMNS = {
    "report_request_id": "ID",
    "report_type": "Report type",
    "processing_status": "Status",
    "submitted_date": "Submitted",
    "start_date": "From",
    "end_date": "To",
    "generated_report_id": "Report",
    "marketplace_ids": "Marketplaces",
}
_REPORT_COLUMNS = {
    "report_id": "ID",
    "report_type": "Report type",
    "report_request_id": "Request",
    "available_date": "Available",
    "acknowledged": "Acknowledged",
}


@declare(
    "request",
    "mws-reports request GET_MERCHANT_LISTINGS_ALL_DATA --config config.json",
    "mws-reports request GET_SALES_AND_TRAFFIC_REPORT --config config.json"
    " --from 2026-11-01 --to 2026-11-08 --option asinGranularity=SKU",
)
@click.argument("report_type", metavar="TYPE")
@seller_options
@click.option("--from", "start", type=TIMESTAMP, help="The first moment of the report.")
@click.option("--to", "end", type=TIMESTAMP, help="The moment at which it ends, exclusive.")
@click.option(
    "--marketplace", "places", multiple=True, metavar="ID|COUNTRY", help="Default: all configured."
)
@click.option("--option", "options", type=PAIR, multiple=True, help="A report option; repeatable.")
@json_option
def request(
    report_type: str,
    config_paths: Sequence[str],
    seller_id: str | None,
    start: datetime | None,
    end: datetime | None,
    places: Sequence[str],
    options: Sequence[tuple[str, str]],
    *,
    as_json: bool,
) -> None:
    """Ask Amazon to make a report, and print the request with its ID.

    Every call makes a new request. `mws-reports get ID --wait` waits for the document.
    """
    client = connect_seller(config_paths, seller_id)
    spec = _spec(client, report_type, places, ReportSpec(report_type, start, end, (), (*options,)))
    show_notices(client, report_type, dict(options))
    _show_requests(client, [client.reports.request_report(spec)], as_json=as_json)


@declare(
    "list",
    "mws-reports list --config config.json --type GET_MERCHANT_LISTINGS_ALL_DATA",
    "mws-reports list reports --config config.json --since 2026-11-01 --json",
)
@click.argument("what", type=click.Choice(["requests", "reports"]), default="requests")
@seller_options
@type_option
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only these requests; repeatable.")
@click.option("--since", type=TIMESTAMP, help="Only those submitted, or available, since then.")
@click.option(
    "--acknowledged/--not-acknowledged", default=None, help="Only such reports (MWS only)."
)
@click.option(
    "--limit", type=click.IntRange(min=0), default=_SHOWN, show_default=True, help="0: all."
)
@json_option
def list_reports(
    what: str,
    config_paths: Sequence[str],
    seller_id: str | None,
    types: Sequence[str],
    ids: Sequence[str],
    since: datetime | None,
    limit: int,
    *,
    acknowledged: bool | None,
    as_json: bool,
) -> None:
    """List report requests, or the finished REPORTS, newest first."""
    client = connect_seller(config_paths, seller_id)
    names = client.types(types)
    if what == "requests":
        requests = client.reports.report_requests(ids=ids, report_types=names, requested_from=since)
        _show_requests(client, _first(requests, limit), as_json=as_json)
        return
    reports = client.reports.reports(
        report_types=names, request_ids=ids, acknowledged=acknowledged, available_from=since
    )
    rows = [_named(client, as_json_object(each)) for each in _first(reports, limit)]
    show(rows, _REPORT_COLUMNS, as_json=as_json, empty="Amazon lists no such reports.")


@declare(
    "get",
    "mws-reports get 50012020 --config config.json",
    "mws-reports get 50012020 --config config.json --wait -o listings.tsv",
    "mws-reports get 50012020 --config config.json --rows | head -1",
)
@click.argument("report_id", metavar="ID")
@seller_options
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write the document to this file."
)
@click.option("--rows", is_flag=True, help="Print the rows, as `read` does.")
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="jsonl",
    show_default=True,
    help="The format of the rows.",
)
@click.option("--wait", is_flag=True, help="Wait until Amazon has made the report.")
@json_option
def get(
    report_id: str,
    config_paths: Sequence[str],
    seller_id: str | None,
    output: Path | None,
    form: Format,
    *,
    rows: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Show a report request, download its document, or print its rows.

    ID is that of the request or of the report.
    """
    client = connect_seller(config_paths, seller_id)
    found = _find(client, report_id, wait=wait)
    if not (output or rows):
        if found is None:
            what = f"Amazon knows no report request {report_id}"
            raise RequestRefused(what, hint="give -o FILE if it is the id of a report")
        _show_requests(client, [found], as_json=as_json)
        return
    document_id = _report_id(client, report_id, found)
    with TemporaryDirectory() as folder:
        document = client.reports.download(document_id, Path(folder) / "document")
        if output:
            with document.path.open("rb") as arrived, output_file(output) as kept:
                shutil.copyfileobj(arrived, kept)
        click.echo(f"{document.size:,} bytes, MD5 {document.md5}", err=True)
        if rows:
            _write_rows(client, found, document, form)


@declare("cancel", "mws-reports cancel 50012020 50013020 --config config.json")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@seller_options
@json_option
def cancel(
    ids: Sequence[str], config_paths: Sequence[str], seller_id: str | None, *, as_json: bool
) -> None:
    """Cancel report requests on which Amazon has not begun to work.

    The others come back unchanged; then the exit code is 1.
    """
    client = connect_seller(config_paths, seller_id)
    requests = client.reports.cancel_report_requests(ids)
    _show_requests(client, requests, as_json=as_json)
    ended = {
        each.report_request_id
        for each in requests
        if each.processing_status is ProcessingStatus.CANCELLED
    }
    if left := [each for each in ids if each not in ended]:
        raise RequestRefused(
            f"{len(left)} of {len(ids)} requests were not cancelled: {', '.join(left)}",
            hint="Amazon cancels only requests that are still in the queue",
        )


@declare("acknowledge", "mws-reports acknowledge 898899473 898899474 --config config.json")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@seller_options
@click.option("--undo", is_flag=True, help="Mark them as not acknowledged.")
@json_option
def acknowledge(
    ids: Sequence[str],
    config_paths: Sequence[str],
    seller_id: str | None,
    *,
    undo: bool,
    as_json: bool,
) -> None:
    """Mark reports as acknowledged (MWS only)."""
    client = connect_seller(config_paths, seller_id)
    size = client.reports.acknowledge_batch_size
    reports = [
        report
        for start in range(0, len(ids), size)
        for report in client.reports.acknowledge(ids[start : start + size], acknowledged=not undo)
    ]
    rows = [_named(client, as_json_object(each)) for each in reports]
    show(rows, _REPORT_COLUMNS, as_json=as_json, empty="Amazon has changed nothing.")


@declare("counts", "mws-reports counts --config config.json --json")
@seller_options
@type_option
@json_option
def counts(
    config_paths: Sequence[str], seller_id: str | None, types: Sequence[str], *, as_json: bool
) -> None:
    """Count report requests, reports and schedules (MWS only)."""
    client = connect_seller(config_paths, seller_id)
    names = client.types(types)
    counted = {
        "report_requests": client.reports.count_report_requests(report_types=names),
        "reports": client.reports.count_reports(report_types=names),
        "report_schedules": client.reports.count_report_schedules(report_types=names),
    }
    columns = {name: name.replace("_", " ").capitalize() for name in counted}
    show([counted], columns, as_json=as_json, empty="")


def _spec(
    client: SellerClient, report_type: str, places: Sequence[str], given: ReportSpec
) -> ReportSpec:
    """Return the spec of a request, for all marketplaces of the seller if none is named.

    Raises:
        SettingsError: the service has no such type, or the type takes one marketplace.
    """
    known = report_types.load(report_type)
    if client.seller.api == "sp_api" and not known.sp_api_name:
        what = f"SP-API has no report type {report_type}"
        raise SettingsError(what, where="TYPE", hint="`mws-reports types` lists those that it has")
    configured = tuple(each.marketplace_id for each in client.seller.marketplaces)
    ids = tuple(marketplaces.find(each).marketplace_id for each in places) or configured
    if known.one_marketplace and len(ids) > 1:
        what = f"Amazon makes {client.type_name(known.name)} for one marketplace at a time"
        raise SettingsError(what, where="--marketplace", hint="name one of the marketplaces")
    if given.start and given.end and given.start >= given.end:
        raise SettingsError("--to is not after --from", where="--to", hint="give a later date")
    return ReportSpec(known.name, given.start, given.end, ids, given.options)


def _find(client: SellerClient, report_id: str, *, wait: bool) -> ReportRequest | None:
    """Return a request as Amazon lists it, once it is finished if ``wait``.

    Raises:
        ReportStuck: it did not finish within the longest time that Amazon needs.
    """
    pause, end = _FIRST_POLL, client.clock.now() + client.reports.retention
    while True:
        try:
            found = next(iter(client.reports.report_requests(ids=[report_id])), None)
        except RequestRefused:  # MWS refuses an id that is not that of a request
            return None
        if not wait or found is None or found.processing_status.final:
            return found
        if client.clock.now() >= end:
            raise ReportStuck(f"report request {report_id} did not finish", hint="request it again")
        click.echo(f"{found.processing_status.value}; next poll in {pause}", err=True)
        client.clock.sleep(pause.total_seconds())
        pause = min(2 * pause, _LAST_POLL)


def _report_id(client: SellerClient, report_id: str, found: ReportRequest | None) -> str:
    """Return the id of the document of a request, or the id itself if it is not that of a request.

    Raises:
        ReportCancelled: the request has ended without a document.
        RequestRefused: it has none yet.
    """
    if found is None:
        return report_id
    status = found.processing_status
    if not status.final:
        what = f"report request {report_id} is {status.value}: it has no document yet"
        raise RequestRefused(what, hint="wait for it with --wait")
    if found.generated_report_id:
        return found.generated_report_id
    for report in client.reports.reports(request_ids=[report_id]):
        return report.report_id
    raise ReportCancelled(f"report request {report_id} is {status.value}: it has no document")


def _write_rows(
    client: SellerClient, found: ReportRequest | None, document: ReportDocument, form: Format
) -> None:
    """Print the rows of a document on stdout, and what was read of it on stderr."""
    ids = (found.marketplace_ids if found else None) or client.seller.settings["marketplace_ids"]
    requested = requested_type(found.report_type if found else None)
    with decompressed(document.path) as path:
        opened = open_detected(path, requested, ids[0], document.charset)
        summary = ReadSummary(opened.table, opened.why, opened.remarks)
        try:
            output = make_output(form, sys.stdout.buffer, opened.table)
            write_rows(opened.table, summary, output)
        finally:
            text = summary.render(opened.marketplace, "of the request", document.charset)
            click.echo(text, err=True)


def _first(found: Iterable[Any], limit: int) -> Iterator[Any]:
    """Yield the first values, and say so when there are more."""
    values = iter(found)
    yield from islice(values, limit or None)
    if limit and next(values, None) is not None:
        click.echo(f"Only the newest {limit} are shown; --limit 0 shows all.", err=True)


def _show_requests(
    client: SellerClient, requests: Iterable[ReportRequest], *, as_json: bool
) -> None:
    rows = [_named(client, as_json_object(each)) for each in requests]
    empty = "Amazon lists no such report requests."
    show(rows, _REQUEST_COLUMNS, as_json=as_json, empty=empty)


def _named(client: SellerClient, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**row, "report_type": client.type_name(row["report_type"])}
