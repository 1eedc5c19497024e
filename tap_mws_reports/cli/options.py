"""Options that several commands have, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.retrieval.shard import MOST_SHARDS

F = TypeVar("F", bound=Callable[..., Any])


class TimestampParameter(click.ParamType[datetime]):
    """An ISO 8601 date or time; without an offset it is in UTC."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_timestamp(str(value))
        except ValueError:
            what = f"{value!r} is not a date; give one such as 2026-01-31 or 2026-01-31T00:00:00Z"
            self.fail(what, param, ctx)


class PairParameter(click.ParamType[tuple[str, str]]):
    """A pair ``NAME=VALUE``."""

    name = "name=value"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return name and value."""
        name, sign, text = str(value).partition("=")
        if not (name and sign):
            self.fail(f"{value!r} has no `=`; give NAME=VALUE", param, ctx)
        return name.strip(), text.strip()


SHARD_COUNT = click.IntRange(1, MOST_SHARDS)
TIMESTAMP = TimestampParameter()
PAIR = PairParameter()

config_option = click.option(
    "--config",
    "config_paths",
    multiple=True,
    required=True,
    metavar="FILE",
    help="The tap's configuration; of several files the last one that has a setting counts.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
type_option = click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="Only this report type; repeatable. Default: those that the configuration names.",
)
_seller_option = click.option(
    "--seller", "seller_id", metavar="ID", help="The seller, where the configuration has several."
)


def seller_options(command: F) -> F:
    """Add the options that choose a seller: ``--config`` and ``--seller``."""
    return config_option(_seller_option(command))
