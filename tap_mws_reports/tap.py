"""The Singer tap: validates the settings and builds one stream per configured report type."""

from __future__ import annotations

import copy
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, ClassVar

from singer_sdk import Stream
from singer_sdk.exceptions import ConfigValidationError

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.request_budgets import RequestBudgets
from tap_mws_reports.config import settings, validation
from tap_mws_reports.config.problems import ConfigProblem
from tap_mws_reports.config.report_checks import report_notices, spelled_for
from tap_mws_reports.config.run_part import configured_shard, reads
from tap_mws_reports.config.sandbox_mode import make_clock
from tap_mws_reports.config.sellers import SellerConfig, seller_configs
from tap_mws_reports.config.service_choice import chosen_service, describe_choice
from tap_mws_reports.connection import (
    Transports,
    address,
    connect,
    connect_queue,
    make_transports,
    request_budgets,
)
from tap_mws_reports.connection.transports import make_executor
from tap_mws_reports.errors import Incomplete, TapError
from tap_mws_reports.progress.base import ReportingClock
from tap_mws_reports.progress.factory import make_progress_reporter
from tap_mws_reports.progress.run_summary import RunSummary
from tap_mws_reports.report_types.catalog import load, stream_names
from tap_mws_reports.report_types.lifecycle import configured_notices
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.state.state_validation import (
    check_sellers,
    check_streams,
    misspelt_streams,
    round_up_numbers,
)
from tap_mws_reports.streams.base_tap import NAME, BaseTap
from tap_mws_reports.streams.event_log import QuotaWaits
from tap_mws_reports.streams.factory import make_row_streams
from tap_mws_reports.streams.lifecycle import (
    LifecycleStream,
    ReportRequests,
    Reports,
    ReportSchedules,
    check_sellers_connection,
)
from tap_mws_reports.streams.message_writer import LineWriter
from tap_mws_reports.streams.report_rows import ReportRows
from tap_mws_reports.streams.sdk import CheckpointedStream
from tap_mws_reports.streams.seller_connections import SellerConnection
from tap_mws_reports.streams.sync_context import SyncContext

DEFAULT_HISTORY = timedelta(days=30)
"""How far back a first run starts without `start_date`, at least."""

CHECKED_TYPE = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
"""The type whose requests are listed to check the connection if the settings name none."""


class TapMwsReports(BaseTap):
    """Amazon seller reports: report requests, reports, schedules and rows."""

    name = NAME
    package_name = NAME
    # A copy, because the SDK adds its own settings.
    config_jsonschema: ClassVar[dict[str, Any]] = copy.deepcopy(settings.SCHEMA)
    message_writer_class = LineWriter

    @cached_property
    def run(self) -> SyncContext:
        """The context shared by the streams of this run."""
        clock = make_clock(self.config)
        reporter = make_progress_reporter(clock)
        executor = make_executor(clock, validation.max_connections(self.config))
        # The loop reports its own waits. It does not wait for calls that are made meanwhile.
        for_calls = (
            executor.clock if executor.concurrent else ReportingClock(executor.clock, reporter)
        )
        summary = RunSummary(clock.now())
        transports = make_transports(self.config, executor.transport_clock, executor)
        transports = transports.counted(summary.count_call)
        waits = QuotaWaits(clock)
        budgets = request_budgets(self.owners)
        start = validation.timestamp_setting(self.config, "start_date")
        return SyncContext(
            sellers=[
                _seller(owner, transports, for_calls, waits, budgets) for owner in self.owners
            ],
            clock=clock,
            start=start or _default_start(clock.now()),
            end=validation.timestamp_setting(self.config, "end_date"),
            reporter=reporter,
            partition_requests=self.partition_requests,
            write_state=lambda: self.state_writer.write_state(self.state),
            policy=validation.retrieval_policy(self.config),
            make_queue=lambda: connect_queue(self.config),
            quota_waits=waits,
            budgets=budgets,
            executor=executor,
            summary=summary,
        )

    @cached_property
    def owners(self) -> tuple[SellerConfig, ...]:
        """The configured sellers."""
        return seller_configs(self.config)

    def discover_streams(self) -> Sequence[Stream]:
        """Return the lifecycle streams and one stream per report type that this process reads."""
        lifecycle = (ReportRequests, Reports, ReportSchedules)
        lists = [kind(self, self.run) for kind in lifecycle if reads(self.config, kind.name)]
        streams = [*lists, *self._row_streams]
        validation.raise_for_problems([*_exclusion_problems(streams)])
        return streams

    @cached_property
    def _row_streams(self) -> tuple[ReportRows, ...]:
        """The row streams in the order of the settings, without a catalog."""
        return tuple(make_row_streams(self, self.run, self.owners))

    def partition_requests(self) -> list[PartitionRequest]:
        """Return the partition requests of the selected row streams, in order of the settings."""
        streams = self.streams
        rows = [streams[each.name] for each in self._row_streams]
        return [
            partition_request
            for stream in rows
            if isinstance(stream, ReportRows) and stream.selected
            for partition_request in stream.partition_requests()
        ]

    def load_state(self, state: dict[str, Any]) -> None:
        """Load the state and validate it against the settings.

        Raises:
            StateError: it is invalid, of other sellers, or has a date in the future.
        """
        bookmarks = state.get("bookmarks", {})
        others = {name: each for name, each in bookmarks.items() if name not in self.streams}
        if any(others.values()):
            known = {*self.streams, *stream_names()}
            check_streams(others, known)
            for name, close in misspelt_streams(bookmarks, known, self.streams):
                what = "`%s` starts without a bookmark: that of `%s` in the state is of no stream"
                self.logger.warning(what, close, name)
        super().load_state(round_up_numbers(state))
        # A catalog may have changed the keys of streams.
        validation.raise_for_problems([*_exclusion_problems(self.streams.values())])
        sellers = self._sellers_of(state)
        if removed := sellers.difference(self.run.sellers.ids):
            what = "%d sellers of the state are not in the settings; their state is kept"
            self.logger.info(what, len(removed))
        self._warn_of_unused_patterns()
        only = sellers or self.run.sellers.ids
        for stream in self.streams.values():
            if self.config.get("exclude_columns") and isinstance(stream, CheckpointedStream):
                stream.register_schema()
            if isinstance(stream, ReportRows):
                stream.take_state_over()
            if isinstance(stream, LifecycleStream):
                stream.take_state_over(next(iter(only)) if len(only) == 1 else None)

    def _sellers_of(self, state: dict[str, Any]) -> frozenset[str]:
        """Return the sellers of a state; a shard without sellers may have any state."""
        bookmarks = state.get("bookmarks", {})
        ids = self.run.sellers.ids
        if ids:
            return check_sellers(bookmarks, ids)
        what = "Shard %s has no seller: there is nothing to read"
        self.logger.info(what, configured_shard(self.config))
        return frozenset()

    def _warn_of_unused_patterns(self) -> None:
        """Warn about patterns of `exclude_columns` that match no stream."""
        for pattern in self.config.get("exclude_columns") or []:
            stream, dot, _ = pattern.rpartition(".")
            if dot and not any(fnmatchcase(name, stream) for name in self.streams):
                what = "The pattern `%s` of `exclude_columns` matches no stream of these settings"
                self.logger.warning(what, pattern)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        # The SDK only checks its own settings: one error has all problems.
        has_own = not settings.SDK_PROPERTIES.isdisjoint(self.config)
        of_the_sdk = [
            ConfigProblem("settings of the SDK", error, "see the Singer SDK's documentation")
            for error in (self._errors_of_the_sdk() if has_own else [])
            if any(f"config['{name}']" in error for name in settings.SDK_PROPERTIES)
        ]
        now = make_clock(self.config).now()
        problems = [*validation.find_problems(self.config, now), *of_the_sdk]
        # Discovery needs the report types, but no credentials.
        fatal = [each for each in problems if raise_errors or _shapes_streams(each)]
        validation.raise_for_problems(fatal)
        return [str(problem) for problem in problems]

    def _errors_of_the_sdk(self) -> list[str]:
        try:
            return super()._validate_config(raise_errors=True)
        except ConfigValidationError as found:
            return found.errors

    def _warn_of_doubtful_reports(self) -> None:
        """Warn once about selected types that Amazon has withdrawn, and about doubtful settings."""
        rows = (each for each in self.streams.values() if isinstance(each, ReportRows))
        service = chosen_service(self.config)
        names = [
            spelled_for(load(each.report_type_name), service) for each in rows if each.selected
        ]
        notices = configured_notices(names, self.run.clock.now().date())
        for notice in (
            *validation.unknown_settings(self.config),
            *notices,
            *report_notices(self.config),
        ):
            self.logger.warning("%s", notice)
        selected = any(each.selected for each in self.streams.values())
        if self.input_catalog is not None and not selected:
            self.logger.warning("The catalog selects no stream of these settings: nothing is read")

    def check_connection(self) -> None:
        """Check the credentials with one call per seller, or more if a report type is refused.

        No report is requested or scheduled. Unless stdout is a terminal, the tap writes what
        `meltano config test` waits for: a record of a report request of the last hour, or an empty
        BATCH if there is none.

        Raises:
            TapError: Amazon does not accept the credentials.
            Incomplete: Amazon does not accept those of some sellers.
        """
        try:
            row_streams = [each for each in self.streams.values() if isinstance(each, ReportRows)]
            # One list of several types costs one call, and shows which of them are refused.
            types = list(dict.fromkeys(each.report_type_name for each in row_streams)) or [
                CHECKED_TYPE
            ]
            found = check_sellers_connection(self.run, types)
            if failures := self.run.failures:
                what = f"Amazon does not accept {len(failures)} of the sellers: "
                raise Incomplete(what + "; ".join(map(str, failures)), hint=failures[0].hint)
            if not sys.stdout.isatty():  # a person would see lines of JSON
                self._write_sample(found)
        finally:
            self.run.close()
        what = "Connection checked for %s; no report was requested"
        self.logger.info(what, ", ".join(f"seller {each}" for each in self.run.sellers.ids))

    def _write_sample(self, requests: list[dict[str, Any]]) -> None:
        """Write what `meltano config test` waits for; without the stream of requests a BATCH."""
        stream = self.streams.get(ReportRequests.name)
        if isinstance(stream, ReportRequests):
            stream.write_sample(requests)
            return
        first = next(each for each in self.streams.values() if isinstance(each, CheckpointedStream))
        first.selected = True
        first.announce_schema()
        first.write_empty_batch()

    def sync_together(self, syncs: Mapping[str, Callable[[], None]]) -> None:
        """Sync row streams at the same time."""
        self.run.sync_together(syncs)

    def sync_to_the_end(self) -> None:
        """Sync all streams and write the final state, also after an error.

        Raises:
            Incomplete: some windows failed.
        """
        if choice := describe_choice(self.config):
            self.logger.info("%s", choice)
        self._warn_of_doubtful_reports()
        try:
            self.sync_streams()
        except (TapError, KeyboardInterrupt):
            self._ignore_signals()
            self.run.settle()
            raise
        finally:
            self._ignore_signals()
            try:
                self.state_writer.write_state(self.state)
            finally:
                # Output that cannot be written leaves neither files nor threads behind.
                self.run.close()
                self.run.summary.report(self.run.clock.now())
        self.run.log_left()
        for stream in self.streams.values():
            if isinstance(stream, ReportRows) and stream.selected:
                stream.warn_of_given_up()
        if failures := self.run.failures:
            reasons = "".join(f"\n  - {each}" for each in _counted(failures))
            raise Incomplete(
                f"{len(failures)} reports could not be retrieved:{reasons}",
                hint=f"the other rows are written and the state is valid; {_way_on(failures)}",
            )

    def _ignore_signals(self) -> None:
        """Let no signal interrupt what is left to do."""
        if isinstance(self.message_writer, LineWriter):
            self.message_writer.end()


def _counted(failures: Iterable[TapError]) -> Iterator[str]:
    """Yield each cause once, with the number of reports that failed for it if there are more."""
    first: dict[tuple[str, ...], TapError] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for failure in failures:
        first.setdefault(failure.cause, failure)
        counts[failure.cause] += 1
    for cause, count in counts.items():
        yield f"{first[cause]} ({count} reports)" if count > 1 else str(first[cause])


def _way_on(failures: Sequence[TapError]) -> str:
    """Return what to do about failures: a run that changes nothing mends only some of them."""
    lasting = [each for each in failures if not each.may_pass]
    if not lasting:
        return "run again to retry"
    if len(lasting) == len(failures):
        return "change what the reasons name: without that, they fail again"
    return f"run again to retry; {len(lasting)} of them fail again until what they name is changed"


def _default_start(now: datetime) -> datetime:
    """Return the default start date: a midnight in UTC.

    So all runs of a day without a state have the same windows and request them once.
    """
    return (now - DEFAULT_HISTORY).replace(hour=0, minute=0, second=0, microsecond=0)


def _seller(
    owner: SellerConfig,
    transports: Transports,
    clock: Clock,
    waits: QuotaWaits,
    budgets: RequestBudgets,
) -> SellerConnection:
    return SellerConnection(
        owner.seller_id,
        address(owner),
        lambda: connect(owner, transports, clock, waits.add, budgets.of(owner.seller_id)),
        application=owner.application,
    )


def _exclusion_problems(streams: Iterable[Stream]) -> Iterator[ConfigProblem]:
    """Yield a problem for each stream with a required column in `exclude_columns`."""
    for stream in streams:
        if isinstance(stream, CheckpointedStream):
            excludes = stream.column_filter.excludes
            if names := [name for name in stream.required_columns if excludes(name)]:
                columns = ", ".join(f"`{name}`" for name in names)
                what = f"its patterns match {columns} of the stream `{stream.name}`, "
                what += "which are required in every row"
                fix = "give narrower patterns, such as `buyer_*` or `stream.column`"
                yield ConfigProblem("exclude_columns", what, fix)


def _shapes_streams(problem: ConfigProblem) -> bool:
    """Whether the streams cannot be determined because of this problem."""
    shaping = r"(reports|report_types_directory|exclude_columns).*|sellers(\[\d+\])?"
    return re.fullmatch(shaping, problem.setting) is not None
