"""Options that several commands have, and the types of their values."""

from __future__ import annotations

import click

from tap_mws_reports.retrieval.shard import MOST_SHARDS

SHARD_COUNT = click.IntRange(1, MOST_SHARDS)
