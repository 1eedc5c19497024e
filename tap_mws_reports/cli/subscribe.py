"""`mws-reports subscribe`: subscribe a queue to notifications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.report_notifications import QUEUE_PERMISSIONS, Subscriptions
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.seller_client import read_config
from tap_mws_reports.config.sellers import seller_configs
from tap_mws_reports.connection import connect_subscriptions, make_transports
from tap_mws_reports.errors import SettingsError

_WITHOUT = {"MX"}
"""Countries without notifications by MWS: every page of its manual names Mexico."""


@dataclass(frozen=True, slots=True)
class _Subscriber:
    """One subscription: of a seller, or of a single marketplace where the service requires it."""

    name: str
    subscriptions: Subscriptions
    marketplace_id: str
    queue_url: str

    @property
    def here(self) -> tuple[str, str]:
        return self.marketplace_id, self.queue_url


@declare(
    "subscribe",
    "mws-reports subscribe --config config.json",
    "mws-reports subscribe --config config.json --test",
    "mws-reports subscribe --config config.json --unsubscribe",
    help_text="Register the queue of the setting notification_queue_url, and subscribe every "
    "seller of the configuration (with MWS every marketplace) to notifications of finished "
    f"reports. Before that, {QUEUE_PERMISSIONS}. Repeating the command is safe.",
)
@click.option("--config", "path", required=True, metavar="FILE", help="The tap's configuration.")
@click.option("--test", is_flag=True, help="Also let MWS send a test notification.")
@click.option("--unsubscribe", is_flag=True, help="Remove the subscriptions.")
def command(path: str, test: bool, unsubscribe: bool) -> int:  # noqa: FBT001 - click passes options by name
    """Subscribe the queue, or unsubscribe it."""
    if test and unsubscribe:
        raise click.UsageError("--test and --unsubscribe exclude each other")
    config = read_config([path])
    queue_url = config.get("notification_queue_url")
    if not queue_url:
        what = "the configuration names no queue"
        raise SettingsError(what, where=path, hint="set notification_queue_url")
    subscribers = list(_subscribers(config, queue_url))
    lines = _unsubscribe(subscribers) if unsubscribe else _subscribe(subscribers, test=test)
    for line in lines:
        click.echo(line)
    return 0


def _subscribers(config: Mapping[str, Any], queue_url: str) -> Iterator[_Subscriber]:
    clock = SystemClock()
    transports, sellers = make_transports(config, clock), seller_configs(config)
    for seller in sellers:
        subscriptions = connect_subscriptions(seller, transports, clock)
        first, *_ = seller.marketplaces
        if not subscriptions.by_marketplace:
            yield _Subscriber(seller.seller_id, subscriptions, first.marketplace_id, queue_url)
            continue
        prefix = f"{seller.seller_id}, " if len(sellers) > 1 else ""
        for place in seller.marketplaces:
            name = prefix + place.name
            if place.country in _WITHOUT:
                click.echo(f"{name}: Amazon sends no notifications for it; its reports are polled")
            else:
                yield _Subscriber(name, subscriptions, place.marketplace_id, queue_url)


def _subscribe(subscribers: Sequence[_Subscriber], *, test: bool) -> Iterator[str]:
    """Register and subscribe each, and yield a report line."""
    for each in subscribers:
        registered = each.subscriptions.register(*each.here)
        subscribed = each.subscriptions.subscribe(*each.here)
        yield (
            f"{each.name}: {'registered' if registered else 'already registered'}, "
            f"{'subscribed' if subscribed else 'already subscribed'}"
        )
        if test:
            each.subscriptions.send_test(*each.here)
            yield f"{each.name}: sent a test notification to the queue"


def _unsubscribe(subscribers: Sequence[_Subscriber]) -> Iterator[str]:
    """Unsubscribe all, then deregister: only a queue without subscriptions can be deregistered."""
    unsubscribed = [each.subscriptions.unsubscribe(*each.here) for each in subscribers]
    for each, was_subscribed in zip(subscribers, unsubscribed, strict=True):
        deregistered = each.subscriptions.deregister(*each.here)
        yield (
            f"{each.name}: {'unsubscribed' if was_subscribed else 'was not subscribed'}, "
            f"{'deregistered' if deregistered else 'was not registered'}"
        )
