"""The client of one seller of a configuration, for commands that call Amazon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import click

from tap_mws_reports import report_types
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ReportClient
from tap_mws_reports.api.timestamps import format_duration
from tap_mws_reports.config import input_files, validation
from tap_mws_reports.config.report_checks import report_notices, spelled_for
from tap_mws_reports.config.sandbox_mode import make_clock
from tap_mws_reports.config.sellers import SellerConfig, seller_configs
from tap_mws_reports.connection import connect_administration, make_transports
from tap_mws_reports.errors import SettingsError

_LONG_WAIT = 2.0
"""Seconds; shorter waits are not worth a line."""


@dataclass(frozen=True, slots=True)
class SellerClient:
    """A seller of the configuration, its client, and the clock that both use."""

    seller: SellerConfig
    reports: ReportClient
    configured: tuple[str, ...]
    """The names of the report types in the setting `reports`."""
    clock: Clock = field(repr=False)

    def types(self, named: Sequence[str]) -> list[str]:
        """Return the names of the report types to list: those named, or else those configured.

        A list of all known types would take minutes with SP-API, which lists ten types at a time.
        """
        return [report_types.load(each).name for each in named] or list(self.configured)

    def type_name(self, name: str) -> str:
        """Return the name of a report type as the seller's service spells it."""
        return spelled_for(report_types.load(name), self.seller.api)


def read_config(paths: Sequence[str]) -> dict[str, Any]:
    """Return the validated settings of the files; later ones override earlier ones.

    Raises:
        SettingsError: a file cannot be read, or a setting is missing or wrong.
    """
    config = input_files.read_configs(paths)
    validation.raise_for_problems(validation.find_problems(config))
    return config


def connect_seller(paths: Sequence[str], seller_id: str | None) -> SellerClient:
    """Return the client of a seller. Makes no call.

    Every known report type may be named, whichever the settings name.

    Raises:
        SettingsError: as `read_config`, or the settings do not decide which seller.
    """
    config = read_config(paths)
    configured = tuple(
        report_types.load(each.report_type).name for each in validation.report_settings(config)
    )
    config["reports"] = []
    seller = _choose(seller_configs(config), seller_id)
    clock = make_clock(config)
    client = connect_administration(seller, make_transports(config, clock), clock, _say_wait)
    return SellerClient(seller, client, configured, clock)


def show_notices(client: SellerClient, name: str, options: Mapping[str, str]) -> None:
    """Write to stderr what is doubtful about a report type and its options, before any call."""
    entry = {"type": name, "options": dict(options)}
    for notice in report_notices({"api": client.seller.api, "reports": [entry]}):
        click.echo(f"{notice}.", err=True)


def _say_wait(operation: str, seconds: float) -> None:
    if seconds > _LONG_WAIT:
        duration = format_duration(timedelta(seconds=seconds))
        click.echo(f"Waiting {duration} for the quota of {operation}", err=True)


def _choose(sellers: Sequence[SellerConfig], seller_id: str | None) -> SellerConfig:
    by_id: Mapping[str, SellerConfig] = {each.seller_id: each for each in sellers}
    if seller_id is None and len(sellers) == 1:
        return sellers[0]
    if seller_id in by_id:
        return by_id[str(seller_id)]
    what = f"the configuration has no seller {seller_id}"
    if seller_id is None:
        what = f"the configuration has {len(sellers)} sellers"
    hint = f"name one of {', '.join(sorted(by_id)[:10])}"
    raise SettingsError(what, where="--seller", hint=hint)
