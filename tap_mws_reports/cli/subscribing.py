"""`mws-reports subscribe`: have Amazon send notifications to a queue."""

from __future__ import annotations

import argparse

import click

from tap_mws_reports import configuration, input_files
from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.api.queue_permission import PERMISSION
from tap_mws_reports.api.subscriptions import Subscriptions
from tap_mws_reports.connection import connect_subscriptions, make_transports
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.owners import owners

_WITHOUT = {"MX"}
"""Countries for which Amazon sends nothing: every page of the manual names Mexico."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    subscribe = commands.add_parser(
        "subscribe",
        help="have Amazon tell a queue when reports are ready",
        description="Register the queue of the setting notification_queue_url for every "
        "marketplace of the configuration, and subscribe it to notifications of finished reports. "
        f"Before that, {PERMISSION}. It may be run again.",
    )
    subscribe.add_argument("--config", required=True, help="the tap's configuration file")
    either = subscribe.add_mutually_exclusive_group()
    either.add_argument("--test", action="store_true", help="have a test notification sent, too")
    either.add_argument("--unsubscribe", action="store_true", help="undo it")
    subscribe.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    config = input_files.read(given.config, "--config")
    configuration.refuse(configuration.check(config))
    queue_url = config.get("notification_queue_url")
    if not queue_url:
        what = "the configuration names no queue"
        raise SettingsError(what, where=given.config, hint="set notification_queue_url")
    clock = SystemClock()
    transports, sellers = make_transports(config, clock), owners(config)
    for seller in sellers:
        subscriptions = connect_subscriptions(seller, transports, clock)
        name = f"{seller.seller_id}, " if len(sellers) > 1 else ""
        for place in seller.marketplaces:
            done = _change(given, subscriptions, place, queue_url)
            click.echo(f"{name}{place.name}: {done}")
    return 0


def _change(
    given: argparse.Namespace,
    subscriptions: Subscriptions,
    marketplace: Marketplace,
    queue_url: str,
) -> str:
    """Do what was asked for a marketplace and return what was done."""
    if marketplace.country in _WITHOUT:
        return "Amazon sends no notifications for it; its reports are looked at"
    here: tuple[str, str] = (marketplace.marketplace_id, queue_url)
    if given.unsubscribe:
        return _undone(subscriptions, here)
    done = [
        "registered" if subscriptions.register(*here) else "already registered",
        "subscribed" if subscriptions.subscribe(*here) else "already subscribed",
    ]
    if given.test:
        subscriptions.send_test(*here)
        done.append("a test notification is on its way to the queue")
    return ", ".join(done)


def _undone(subscriptions: Subscriptions, here: tuple[str, str]) -> str:
    unsubscribed = subscriptions.unsubscribe(*here)
    deregistered = subscriptions.deregister(*here)
    done = [
        "unsubscribed" if unsubscribed else "was not subscribed",
        "deregistered" if deregistered else "was not registered",
    ]
    return ", ".join(done)
