"""The Singer tap: checks the settings, builds one stream per configured report type."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, ClassVar, cast

from singer_sdk import Stream

from tap_mws_reports import configuration, settings
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.command_line import NAME, CommandLineTap
from tap_mws_reports.connection import (
    Transports,
    address,
    connect,
    connect_queue,
    make_transports,
)
from tap_mws_reports.errors import Incomplete
from tap_mws_reports.in_process import make_clock
from tap_mws_reports.owners import Owner, owners
from tap_mws_reports.problem import Problem
from tap_mws_reports.retrieval.state_check import check_sellers, whole_numbers
from tap_mws_reports.retrieval.worklist import Demand
from tap_mws_reports.streams.lifecycle import (
    LifecycleStream,
    ReportRequests,
    Reports,
    ReportSchedules,
    check_sellers_connection,
)
from tap_mws_reports.streams.making import row_streams
from tap_mws_reports.streams.measures import QuotaWaits
from tap_mws_reports.streams.messages import CheckpointedStream
from tap_mws_reports.streams.rows import ReportRows
from tap_mws_reports.streams.run import Run
from tap_mws_reports.streams.sellers import Seller
from tap_mws_reports.streams.watchers import make_watcher
from tap_mws_reports.streams.watching import WatchedClock
from tap_mws_reports.streams.writer import LineWriter

DEFAULT_REACH = timedelta(days=30)
"""How far a first run goes back when `start_date` is left out, at least."""

CHECKED_TYPE = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
"""Of which requests are listed to check the connection, where the settings name no type."""


class TapMwsReports(CommandLineTap):
    """Amazon sellers' reports: report requests, reports, schedules, and their rows."""

    name = NAME
    package_name = NAME
    # A copy: the SDK adds its own settings to it.
    config_jsonschema: ClassVar[dict[str, Any]] = copy.deepcopy(settings.SCHEMA)
    message_writer_class = LineWriter

    @cached_property
    def run(self) -> Run:
        """What the streams of this run share."""
        clock = make_clock(self.config)
        watcher = make_watcher(clock)
        # The loop reports its own waits; of those inside of a call only the clock knows.
        for_calls = WatchedClock(clock, watcher)
        transports = make_transports(self.config, for_calls)
        waits = QuotaWaits(clock)
        start = configuration.moment(self.config, "start_date")
        return Run(
            sellers=[_seller(owner, transports, for_calls, waits) for owner in self.owners],
            clock=clock,
            start=start or _default_start(clock.now()),
            end=configuration.moment(self.config, "end_date"),
            watcher=watcher,
            demands=self.demands,
            write_state=lambda: self.state_writer.write_state(self.state),
            policy=configuration.policy(self.config),
            make_queue=lambda: connect_queue(self.config),
            quota_waits=waits,
        )

    @cached_property
    def owners(self) -> tuple[Owner, ...]:
        """Whose reports are read."""
        return owners(self.config)

    def discover_streams(self) -> Sequence[Stream]:
        """Return the three lifecycle streams and one stream per configured report type."""
        lifecycle = (ReportRequests, Reports, ReportSchedules)
        streams = [*(kind(self, self.run) for kind in lifecycle), *self._row_streams]
        configuration.refuse([*_exclusion_problems(streams)])
        return streams

    @cached_property
    def _row_streams(self) -> tuple[ReportRows, ...]:
        """The row streams in the order of the settings; no catalog has been applied to them."""
        return tuple(row_streams(self, self.run, self.owners))

    def demands(self) -> list[Demand]:
        """Return what the selected row streams want, in the order of the settings."""
        streams = self.streams
        rows = [streams[each.name] for each in self._row_streams]
        return [
            demand
            for stream in rows
            if isinstance(stream, ReportRows) and stream.selected
            for demand in stream.demands()
        ]

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over the state, as far as it can be used with these settings.

        Raises:
            StateError: it is broken, of other sellers, or speaks of the future.
        """
        super().load_state(whole_numbers(state))
        # A catalog may have given streams other keys than those of their own.
        configuration.refuse([*_exclusion_problems(self.streams.values())])
        known = check_sellers(state.get("bookmarks", {}), self.run.sellers.ids)
        if gone := known.difference(self.run.sellers.ids):
            what = "The settings do not name %d sellers of the state; what it says of them is kept"
            self.logger.info(what, len(gone))
        self._name_idle_patterns()
        only = known or self.run.sellers.ids
        for stream in self.streams.values():
            if self.config.get("exclude_columns") and isinstance(stream, CheckpointedStream):
                stream.register_schema()
            if isinstance(stream, ReportRows):
                stream.take_state_over()
            if isinstance(stream, LifecycleStream):
                stream.take_state_over(next(iter(only)) if len(only) == 1 else None)

    def _name_idle_patterns(self) -> None:
        """Warn of patterns of `exclude_columns` that are for streams that there are not."""
        for pattern in self.config.get("exclude_columns") or []:
            stream, dot, _ = pattern.rpartition(".")
            if dot and not any(fnmatchcase(name, stream) for name in self.streams):
                what = "No stream of these settings is meant by `%s` of `exclude_columns`"
                self.logger.warning(what, pattern)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        of_the_sdk = [
            Problem("settings of the SDK", error, "see the Singer SDK's documentation")
            for error in super()._validate_config(raise_errors=False)
            if any(f"config['{name}']" in error for name in settings.OF_THE_SDK)
        ]
        problems = [*configuration.check(self.config), *of_the_sdk]
        # Discovery needs to know the report types, but nobody's credentials.
        fatal = [each for each in problems if raise_errors or _shapes_streams(each)]
        configuration.refuse(fatal)
        return [str(problem) for problem in problems]

    def check_connection(self) -> None:
        """Ask Amazon whether it accepts who is asking, with one call for each seller.

        Nothing is requested or scheduled. Written is what `meltano config test` waits for: a
        record of a report request of the last hour, or a BATCH of no records where there is none.

        Raises:
            TapError: Amazon does not accept who is asking.
            Incomplete: it does not accept some of the sellers.
        """
        try:
            asked = [each for each in self.streams.values() if isinstance(each, ReportRows)]
            report_type = asked[0].report_type_name if asked else CHECKED_TYPE
            found = check_sellers_connection(self.run, report_type)
            if failures := self.run.failures:
                what = f"Amazon does not accept {len(failures)} of the sellers: "
                raise Incomplete(what + "; ".join(map(str, failures)), hint=failures[0].hint)
            cast("ReportRequests", self.streams[ReportRequests.name]).write_sample(found)
        finally:
            self.run.close()
        what = "Connection checked: Amazon answered for %s; nothing was requested"
        self.logger.info(what, ", ".join(f"seller {each}" for each in self.run.sellers.ids))

    def sync_to_the_end(self) -> None:
        """Sync all streams and write the last state, whatever happens on the way.

        Raises:
            Incomplete: some windows failed.
        """
        try:
            self.sync_all()
        finally:
            if isinstance(self.message_writer, LineWriter):
                self.message_writer.end()
            self.state_writer.write_state(self.state)
            self.run.close()
        for stream in self.streams.values():
            if isinstance(stream, ReportRows) and stream.selected:
                stream.warn_of_given_up()
        if failures := self.run.failures:
            reasons = "".join(f"\n  - {failure}" for failure in failures)
            raise Incomplete(
                f"{len(failures)} of the reports could not be had:{reasons}",
                hint="the other rows are written and the state is good; run again to retry",
            )


def _default_start(now: datetime) -> datetime:
    """Return where a first run begins: a midnight, in UTC.

    So runs of one day that start without a state want the same windows, and ask for them once.
    """
    return (now - DEFAULT_REACH).replace(hour=0, minute=0, second=0, microsecond=0)


def _seller(owner: Owner, transports: Transports, clock: Clock, waits: QuotaWaits) -> Seller:
    return Seller(
        owner.seller_id,
        address(owner),
        lambda: connect(owner, transports, clock, waits.add),
    )


def _exclusion_problems(streams: Iterable[Stream]) -> Iterator[Problem]:
    """Yield a problem for each stream of which `exclude_columns` names a column that it needs."""
    for stream in streams:
        if isinstance(stream, CheckpointedStream):
            excludes = stream.column_filter.excludes
            if names := [name for name in stream.required_columns if excludes(name)]:
                columns = ", ".join(f"`{name}`" for name in names)
                what = f"its patterns match {columns} of the stream `{stream.name}`, "
                what += "which rows need as their key or origin"
                fix = "give narrower patterns, such as `buyer_*` or `stream.column`"
                yield Problem("exclude_columns", what, fix)


def _shapes_streams(problem: Problem) -> bool:
    """Whether the streams cannot be told with this problem."""
    return (
        re.fullmatch(r"(reports|exclude_columns).*|sellers(\[\d+\])?", problem.setting) is not None
    )
