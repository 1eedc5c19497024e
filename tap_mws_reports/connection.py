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
from tap_mws_reports.api.transport import HttpTransport
from tap_mws_reports.errors import SettingsError

SANDBOX = "tap_mws_reports.sandbox"
"""Imported by name and only when it is asked for: the tap does not depend on the sandbox."""


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings, with the sandbox's own account where it is used in the process."""
    if not config.get("sandbox"):
        return dict(config)
    given = {name: value for name, value in config.items() if value not in (None, [], "")}
    return {**importlib.import_module(SANDBOX).account_settings(), **given}


def make_clock(config: Mapping[str, Any]) -> Clock:
    """Return the machine's clock, or for the sandbox in the process one that need not wait."""
    clock = SystemClock()
    return VirtualClock(clock.now()) if config.get("sandbox") else clock


def quotas() -> Mapping[Call, Quota]:
    """Return what the service allows each seller; no call is made."""
    return QUOTAS


def connect(
    config: Mapping[str, Any],
    mws_host: str,
    clock: Clock,
    quota_wait: Callable[[str, float], None],
) -> ReportService:
    """Return the service the settings ask for; no call is made yet.

    Args:
        config: the settings, as `completed` returns them.
        mws_host: Amazon's host for the marketplaces.
        clock: tells the time and sleeps.
        quota_wait: told of each wait for a quota: of which operation, and the seconds.

    Raises:
        SettingsError: the settings lead to the hosts that Amazon has switched off.
    """
    endpoint, transport = _way(config, mws_host, clock)
    return MwsReportService(
        _credentials(config), endpoint, transport, clock, _rng(), quota_wait=quota_wait
    )


def connect_subscriptions(
    config: Mapping[str, Any], mws_host: str, clock: Clock
) -> MwsSubscriptions:
    """Return the subscriptions of the same seller at the same host; as `connect`."""
    endpoint, transport = _way(config, mws_host, clock)
    return MwsSubscriptions(_credentials(config), endpoint, transport, clock, _rng())


def connect_queue(config: Mapping[str, Any]) -> Queue | None:
    """Return the queue of notifications, if the settings name one; no call is made yet.

    Raises:
        SettingsError: it needs a library that is not installed.
    """
    url = config.get("notification_queue_url")
    return SqsQueue(url) if url else None


def _way(config: Mapping[str, Any], mws_host: str, clock: Clock) -> tuple[str, HttpTransport]:
    """Return the address to ask, and what leads there."""
    session = requests.Session()
    endpoint = config.get("endpoint_url")
    if config.get("sandbox"):
        endpoint = f"https://{mws_host}"
        session.mount("https://", importlib.import_module(SANDBOX).adapter(clock))
    elif not endpoint or urlsplit(endpoint).hostname in mws_hosts():
        raise SettingsError(
            f"Amazon switched MWS off on 2024-03-31: {endpoint or mws_host} no longer answers.",
            hint="SP-API is the way: `api: sp_api`. To see the tap at work set `sandbox: true`, "
            "or `endpoint_url` to a service that still speaks MWS.",
        )
    return endpoint, HttpTransport(session)


def _credentials(config: Mapping[str, Any]) -> Credentials:
    return Credentials(
        seller_id=config["seller_id"],
        access_key_id=config["aws_access_key_id"],
        secret_access_key=config["aws_secret_access_key"],
        auth_token=config.get("mws_auth_token"),
    )


def _rng() -> random.Random:
    return random.Random()  # noqa: S311 - spreads retries, protects nothing
