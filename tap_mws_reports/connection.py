"""Choosing the service that answers: Amazon, another address, or the sandbox in the process."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from tap_mws_reports.api.clock import Clock, SystemClock, VirtualClock
from tap_mws_reports.api.interface import Call, ReportService
from tap_mws_reports.api.marketplaces import mws_hosts
from tap_mws_reports.api.mws.service import QUOTAS, MwsReportService
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.mws.subscriptions import MwsSubscriptions
from tap_mws_reports.api.queue import Queue, SqsQueue
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.transport import HttpTransport, Transport
from tap_mws_reports.errors import SettingsError

SANDBOX = "tap_mws_reports.sandbox"
"""Imported by name and only when it is asked for: the tap does not depend on the sandbox."""


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a seller, with what the sandbox in the process knows of its own."""
    if not config.get("sandbox"):
        return dict(config)
    given = {name: value for name, value in config.items() if value not in (None, [], "")}
    return {**importlib.import_module(SANDBOX).settings_of(given), **given}


def make_clock(config: Mapping[str, Any]) -> Clock:
    """Return the machine's clock, or for the sandbox in the process one that need not wait."""
    clock = SystemClock()
    return VirtualClock(clock.now()) if config.get("sandbox") else clock


def quotas() -> Mapping[Call, Quota]:
    """Return what the service allows each seller; no call is made."""
    return QUOTAS


def make_transport(config: Mapping[str, Any], clock: Clock) -> Transport:
    """Return the way to the hosts, which all sellers share: connections are few."""
    session = requests.Session()
    if config.get("sandbox"):
        session.mount("https://", importlib.import_module(SANDBOX).adapter(clock))
    return HttpTransport(session)


def address(config: Mapping[str, Any], mws_host: str) -> str:
    """Return where the reports of a seller are asked for: scheme and host."""
    given = None if config.get("sandbox") else config.get("endpoint_url")
    return given or f"https://{mws_host}"


def connect(
    config: Mapping[str, Any],
    mws_host: str,
    transport: Transport,
    clock: Clock,
    quota_wait: Callable[[str, float], None],
) -> ReportService:
    """Return the service the settings of a seller ask for; no call is made yet.

    Args:
        config: the settings, as `completed` returns them.
        mws_host: Amazon's host for the marketplaces.
        transport: the way to the hosts.
        clock: tells the time and sleeps.
        quota_wait: told of each wait for a quota: of which operation, and the seconds.

    Raises:
        SettingsError: the settings lead to the hosts that Amazon has switched off.
    """
    endpoint = _endpoint(config, mws_host)
    return MwsReportService(
        _credentials(config), endpoint, transport, clock, _rng(), quota_wait=quota_wait
    )


def connect_subscriptions(
    config: Mapping[str, Any], mws_host: str, transport: Transport, clock: Clock
) -> MwsSubscriptions:
    """Return the subscriptions of the same seller at the same host; as `connect`."""
    endpoint = _endpoint(config, mws_host)
    return MwsSubscriptions(_credentials(config), endpoint, transport, clock, _rng())


def connect_queue(config: Mapping[str, Any]) -> Queue | None:
    """Return the queue of notifications, if the settings name one; no call is made yet.

    Raises:
        SettingsError: it needs a library that is not installed.
    """
    url = config.get("notification_queue_url")
    return SqsQueue(url) if url else None


def _endpoint(config: Mapping[str, Any], mws_host: str) -> str:
    endpoint = address(config, mws_host)
    if not config.get("sandbox") and urlsplit(endpoint).hostname in mws_hosts():
        raise SettingsError(
            f"Amazon switched MWS off on 2024-03-31: {endpoint} no longer answers.",
            hint="SP-API is the way: `api: sp_api`. To see the tap at work set `sandbox: true`, "
            "or `endpoint_url` to a service that still speaks MWS.",
        )
    return endpoint


def _credentials(config: Mapping[str, Any]) -> Credentials:
    return Credentials(
        seller_id=config["seller_id"],
        access_key_id=config["aws_access_key_id"],
        secret_access_key=config["aws_secret_access_key"],
        auth_token=config.get("mws_auth_token"),
    )


def _rng() -> random.Random:
    return random.Random()  # noqa: S311 - spreads retries, protects nothing
