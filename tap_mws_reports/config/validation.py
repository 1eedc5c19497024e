"""Validate settings and report all problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.config import settings
from tap_mws_reports.config.problems import ConfigProblem, setting_path
from tap_mws_reports.config.report_checks import report_problems
from tap_mws_reports.config.run_part import configured_shard, part_problems, reads
from tap_mws_reports.config.schema_errors import schema_problems
from tap_mws_reports.config.seller_checks import seller_problems, service_problems
from tap_mws_reports.config.service_choice import CREDENTIALS
from tap_mws_reports.errors import SettingsError, closest, did_you_mean
from tap_mws_reports.report_types import Kind
from tap_mws_reports.retrieval.policy import RetrievalPolicy

_GLOB = r"(?:[a-z0-9_*?]|\[!?[a-z0-9_-]+\])+"
_PATTERN = re.compile(rf"(?:{_GLOB}\.)?{_GLOB}")
"""A glob pattern of a column's name, or of a stream's and a column's."""


@dataclass(frozen=True, slots=True)
class ReportSetting:
    """One entry of ``reports``, in its long form."""

    report_type: str
    options: tuple[tuple[str, str], ...] = ()
    marketplace_ids: tuple[str, ...] = ()
    window_days: int | None = None
    lookback_days: int | None = None
    columns: Mapping[str, Kind] = field(default_factory=dict)


def find_problems(config: Mapping[str, Any], now: datetime | None = None) -> list[ConfigProblem]:
    """Return all problems of the settings. Makes no call.

    From then on, the report types of `report_types_directory` are known.

    Args:
        config: the settings.
        now: the current time, after which no run can start; None to accept any start.
    """
    misshapen = list(schema_problems(config))
    # A value with the wrong format is reported once and not checked further.
    wrong = {problem.top for problem in misshapen}
    sound = {name: value for name, value in config.items() if name not in wrong}
    if "api" in wrong:  # so the required credentials are unknown
        wrong.update(*CREDENTIALS.values())
    further = (
        *_directory_problems(sound),  # first: it says which report types there are
        *_spelling_problems(sound),
        *service_problems(sound),
        *_queue_problems(sound),
        *(seller_problems(sound) if "sellers" not in wrong else ()),
        *_date_problems(sound, now),
        *_share_problems(sound),
        *report_problems(sound),
        *part_problems(sound),
        *_pattern_problems(sound),
    )
    return [*misshapen, *(problem for problem in further if problem.top not in wrong)]


def raise_for_problems(problems: list[ConfigProblem]) -> None:
    """Raise one `SettingsError` with all problems, if there are any."""
    if problems:
        count = len(problems)
        what = f"{count} setting{'s are' if count > 1 else ' is'} missing or wrong"
        lines = "".join(f"\n  - {problem}" for problem in problems)
        hint = "correct them and run again; `tap-mws-reports --about` describes every setting"
        raise SettingsError(what + ":" + lines, hint=hint)


def unknown_settings(config: Mapping[str, Any]) -> list[str]:
    """Return a sentence about each setting that has no effect, since it is none of this tap's."""
    known = {*settings.SCHEMA["properties"], *settings.SDK_PROPERTIES}
    return [
        f"{name}: there is no such setting; it has no effect"
        for name in config
        if name not in known
    ]


def misspelt_variables(environment: Iterable[str]) -> list[ConfigProblem]:
    """Return the names of environment variables that are nearly the name of a setting's variable.

    Others that begin as those of this tap are left alone: Meltano and the Singer SDK have some.
    """
    known = [*settings.SCHEMA["properties"], *settings.SDK_PROPERTIES]
    named = {
        name: name.removeprefix(settings.VARIABLE_PREFIX).lower()
        for name in environment
        if name.startswith(settings.VARIABLE_PREFIX)
    }
    return [
        ConfigProblem(
            variable,
            "no setting has this environment variable",
            f"did you mean `{settings.VARIABLE_PREFIX}{likely.upper()}`?",
        )
        for variable, name in sorted(named.items())
        if name not in known and (likely := closest(name, known))
    ]


def report_settings(config: Mapping[str, Any]) -> list[ReportSetting]:
    """Return the entries of ``reports`` that this process reads, each in its long form."""
    entries = [_report_setting(entry) for entry in config.get("reports") or []]
    return [each for each in entries if reads(config, each.report_type)]


def configured_marketplaces(config: Mapping[str, Any]) -> tuple[Marketplace, ...]:
    """Return the marketplaces of ``marketplace_ids``, given by id or country code."""
    return tuple(marketplaces.find(text) for text in config.get("marketplace_ids") or [])


def marketplace(text: str) -> Marketplace:
    """Return the marketplace of a validated id or country code."""
    return marketplaces.find(text)


def timestamp_setting(config: Mapping[str, Any], name: str) -> datetime | None:
    """Return a date setting in UTC, or None if it is not set."""
    text = config.get(name)
    return parse_timestamp(text) if text else None


def retrieval_policy(config: Mapping[str, Any]) -> RetrievalPolicy:
    """Return the retrieval settings."""
    return RetrievalPolicy(
        order=config.get("order", "slowest"),
        retries=config.get("retries", 2),
        retry_failed_days=config.get("retry_failed_days", 7),
        max_wait=timedelta(minutes=config.get("max_wait", 360)),
        most_open=config.get("max_open"),
        acknowledge=bool(config.get("acknowledge")),
    )


def max_connections(config: Mapping[str, Any]) -> int:
    """Return how many calls are made at the same time."""
    return int(config.get("max_connections", 8))


def row_count_policy(
    config: Mapping[str, Any],
) -> tuple[Literal["off", "warn", "retry"], int]:
    """Return the mode and the bound, in percent, of the check of row counts."""
    return config.get("row_count_check", "warn"), config.get("row_count_bound", 150)


def application_share(config: Mapping[str, Any]) -> Fraction:
    """Return which part of an application's limits this process may use.

    A shard uses an equal part, unless the settings say otherwise.
    """
    if given := config.get("application_share"):
        return Fraction(str(given))
    shard = configured_shard(config)
    return Fraction(1, shard.count) if shard else Fraction(1)


def _report_setting(entry: str | Mapping[str, Any]) -> ReportSetting:
    if isinstance(entry, str):
        return ReportSetting(entry.strip())
    return ReportSetting(
        report_type=entry["type"].strip(),
        options=tuple(sorted((entry.get("options") or {}).items())),
        marketplace_ids=tuple(
            marketplaces.find(text).marketplace_id for text in entry.get("marketplace_ids") or []
        ),
        window_days=entry.get("window_days"),
        lookback_days=entry.get("lookback_days"),
        columns={name: Kind(kind) for name, kind in (entry.get("columns") or {}).items()},
    )


def _spelling_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    known = list(settings.SCHEMA["properties"])
    for name in config.keys() - known - set(settings.SDK_PROPERTIES):
        if fix := did_you_mean(name, known):
            yield ConfigProblem(name, "there is no such setting", fix)


def _directory_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    try:
        report_types.use_directory(config.get("report_types_directory"))
    except report_types.BadEntry as error:
        fix = "correct the entry; `docs/reading.md` says what it may have"
        if not Path(config["report_types_directory"]).is_dir():
            fix = "give the path of a directory with TOML files, from where the tap is started"
        yield ConfigProblem("report_types_directory", str(error), fix)


def _queue_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    url = config.get("notification_queue_url")
    if url and not re.fullmatch(r"https?://[^/\s?#]+/[^\s?#]+", url):
        fix = "give the URL of an SQS queue, `https://sqs.<region>.amazonaws.com/<account>/<name>`"
        yield ConfigProblem("notification_queue_url", "it is not the address of a queue", fix)
    elif url and url.endswith(".fifo"):
        fix = "make a standard queue: Amazon sends notifications to no FIFO queue"
        yield ConfigProblem("notification_queue_url", "it is a FIFO queue", fix)


def _date_problems(config: Mapping[str, Any], now: datetime | None) -> Iterator[ConfigProblem]:
    moments = {}
    for name in ("start_date", "end_date"):
        try:
            moments[name] = timestamp_setting(config, name)
        except ValueError:
            fix = "give an ISO 8601 date, such as `2026-01-31` or `2026-01-31T00:00:00Z`"
            yield ConfigProblem(name, f"{config[name]!r} is not a date", fix)
    start, end = moments.get("start_date"), moments.get("end_date")
    if start and end and start >= end:
        what = f"it is not after start_date, which is {config['start_date']}"
        yield ConfigProblem("end_date", what, "give a later date, or leave it out for now")
    if start and now and start > now:
        what = f"{config['start_date']} is in the future"
        fix = f"give a date before {now:%Y-%m-%d}, or leave it out for the last 30 days"
        yield ConfigProblem("start_date", what, fix)


def _share_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    given = config.get("application_share")
    try:
        fits = given is None or 0 < Fraction(str(given)) <= 1
    except (ValueError, ZeroDivisionError):
        fits = False
    if not fits:
        fix = "give a fraction such as `1/4`, or a number above 0 and up to 1"
        yield ConfigProblem("application_share", f"{given!r} is not a part of a whole", fix)


def _pattern_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield patterns that cannot match: their columns would be written."""
    for number, pattern in enumerate(config.get("exclude_columns") or []):
        if not _PATTERN.fullmatch(pattern):
            likely = re.sub(r"[^a-z0-9_*?.\[\]!]+", "_", pattern.strip().lower()).strip(".")
            what = f"{pattern!r} matches no column: names are in lower case, with underscores"
            fix = "give a pattern such as `buyer*` or `*.ship_address*`"
            if likely != pattern and _PATTERN.fullmatch(likely):
                fix = f"did you mean `{likely}`?"
            yield ConfigProblem(setting_path(("exclude_columns", number)), what, fix)
