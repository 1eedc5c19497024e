"""`mws-reports check`: check that a configuration works. Nothing is created or changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal

import click

from tap_mws_reports import report_types
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ReportClient
from tap_mws_reports.api.marketplaces import labels
from tap_mws_reports.api.sqs import SqsQueue
from tap_mws_reports.api.timestamps import format_duration
from tap_mws_reports.api.transport import HttpRequest, user_agent
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.options import config_option, json_option
from tap_mws_reports.cli.output import show
from tap_mws_reports.cli.seller_client import read_config
from tap_mws_reports.config.report_checks import spelled_for
from tap_mws_reports.config.sandbox_mode import make_clock
from tap_mws_reports.config.sellers import SellerConfig, seller_configs
from tap_mws_reports.connection import Transports, address, connect_administration, make_transports
from tap_mws_reports.errors import CredentialsError, Incomplete, TapError, errors_by_code

Verdict = Literal["ok", "warning", "failed"]

_SIGNATURES_LAST = timedelta(minutes=15)
"""MWS refuses a signature whose time differs by more from its own
(https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html, RequestExpired)."""

_NOTICED = timedelta(minutes=1)

_NO_ANSWER = "check this machine's network and proxy, and `endpoint_url` if it is set"

_COLUMNS = {"seller_id": "Seller", "subject": "Checked", "verdict": "Verdict", "what": "Finding"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, how it ended, and what to do if it failed."""

    subject: str
    verdict: Verdict
    what: str
    help: str = ""
    seller_id: str = ""
    stream: str = ""
    code: str = ""


@declare("check", "mws-reports check --config config.json")
@config_option
@json_option
def command(config_paths: Sequence[str], *, as_json: bool) -> int:
    """Check the settings, the clock, and what Amazon accepts of each seller.

    Checks hosts, logins, every configured report type, directories and the queue, and says which
    streams will work. Requests no report, and creates nothing.
    """
    config = read_config(config_paths)
    findings = list(find(config))
    if as_json:
        ok = all(each.verdict != "failed" for each in findings)
        report = {"ok": ok, "findings": [_without_blanks(each) for each in findings]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        show([asdict(each) for each in findings], _COLUMNS, as_json=False, empty="")
        for text in dict.fromkeys(each.help for each in findings if each.help):
            click.echo(f"help: {text}")
    failed = [each for each in findings if each.verdict == "failed"]
    if not failed:
        return 0
    what = f"{len(failed)} of {len(findings)} checks failed"
    errors = errors_by_code()
    kinds = [errors[each.code] for each in failed if each.code in errors]
    if any(issubclass(kind, CredentialsError) for kind in kinds):
        raise CredentialsError(what)
    others_work = all(each.stream for each in failed)
    raise Incomplete(what, hint="the streams of the other report types work" if others_work else "")


def find(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the findings about a validated configuration, seller by seller."""
    clock = make_clock(config)
    transports = make_transports(config, clock)
    yield Finding("settings", "ok", "complete and valid")
    if path := config.get("documents_directory"):
        yield _directory("documents_directory", Path(path))
    yield from _queue(config)
    hosts: dict[str, Sequence[Finding]] = {}
    for seller in seller_configs(config):
        host = address(seller)
        if host not in hosts:
            hosts[host] = list(_host(host, transports, clock))
            yield from hosts[host]
        if all(each.verdict != "failed" for each in hosts[host]):
            yield from _seller(seller, transports, clock)


def _host(host: str, transports: Transports, clock: Clock) -> Iterator[Finding]:
    """Check that a host responds, and compare the clock with the time in its response."""
    request = HttpRequest("GET", f"{host}/", {"user-agent": user_agent()})
    try:
        answer = transports.calls.send(request)
    except TapError as error:
        hint = error.hint or _NO_ANSWER
        yield Finding(f"host {host}", "failed", error.what, hint, code=error.code)
        return
    yield Finding(f"host {host}", "ok", "responds")
    yield from _clock(answer.headers.get("date"), clock.now())


def _clock(said: str | None, now: datetime) -> Iterator[Finding]:
    if said is None:
        return
    difference = abs(parsedate_to_datetime(said) - now)
    what = f"differs from Amazon's by {format_duration(difference)}"
    fix = "set the clock of this machine, preferably by NTP"
    if difference > _SIGNATURES_LAST:
        yield Finding("clock", "failed", what, fix)
    elif difference > _NOTICED:
        yield Finding("clock", "warning", what, fix)
    else:
        yield Finding("clock", "ok", what)


def _seller(seller: SellerConfig, transports: Transports, clock: Clock) -> Iterator[Finding]:
    """Check the login of a seller and each configured report type, by listing requests."""
    client = connect_administration(seller, transports, clock)
    names = labels(each.marketplace_id for each in seller.marketplaces)
    types = [each for each in seller.report_types if seller.settings.get("reports")]
    try:
        _list(client, [each.name for each in types], clock.now())
    except TapError as error:
        yield _failed("login", error, seller.seller_id)
        return
    yield Finding("login", "ok", f"accepted, for {names}", seller_id=seller.seller_id)
    for each in types:
        name = spelled_for(report_types.load(each.name), seller.api)
        if refusal := client.refused_types.get(each.name):
            yield _failed(name, refusal, seller.seller_id, each.stream)
        else:
            what = f"the stream {each.stream} works"
            yield Finding(name, "ok", what, seller_id=seller.seller_id, stream=each.stream)


def _list(client: ReportClient, types: Sequence[str], now: datetime) -> None:
    """List the requests of the last hour, which shows the types that Amazon refuses."""
    since, size = now - timedelta(hours=1), client.types_per_list
    for start in range(0, max(1, len(types)), size):
        some = types[start : start + size]
        next(iter(client.report_requests(report_types=some, requested_from=since)), None)


def _directory(name: str, path: Path) -> Finding:
    """Check that files can be written to a directory, which is created when it is needed."""
    existing = next((each for each in (path, *path.absolute().parents) if each.exists()), path)
    if not existing.is_dir():
        return Finding(name, "failed", f"{existing} is not a directory", f"name another in {name}")
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding(name, "failed", f"{existing} cannot be written", f"name another in {name}")
    return Finding(name, "ok", f"{path} can be written")


def _queue(config: Mapping[str, Any]) -> Iterator[Finding]:
    if url := config.get("notification_queue_url"):
        try:
            SqsQueue(url).check()
        except TapError as error:
            yield _failed("notification_queue_url", error)
        else:
            yield Finding("notification_queue_url", "ok", "the queue can be reached")


def _failed(subject: str, error: TapError, seller_id: str = "", stream: str = "") -> Finding:
    return Finding(subject, "failed", error.what, error.hint, seller_id, stream, error.code)


def _without_blanks(finding: Finding) -> Mapping[str, str]:
    return {name: value for name, value in asdict(finding).items() if value}
