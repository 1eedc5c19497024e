"""The Singer tap: checks the settings, builds one stream per configured report type."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from types import FrameType
from typing import IO, Any, ClassVar

import click
from singer_sdk import Stream, Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.plugin_base import _ConfigInput

from tap_mws_reports import configuration, input_files, report_types, settings
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.configuration import ReportSetting
from tap_mws_reports.connection import (
    Transports,
    address,
    connect,
    connect_queue,
    make_transports,
)
from tap_mws_reports.documents import Habits
from tap_mws_reports.errors import Incomplete, SettingsError
from tap_mws_reports.in_process import make_clock
from tap_mws_reports.owners import Owner, owners
from tap_mws_reports.problem import Problem
from tap_mws_reports.retrieval.state_check import check_sellers
from tap_mws_reports.retrieval.worklist import Demand
from tap_mws_reports.streams.lifecycle import (
    LifecycleStream,
    ReportRequests,
    Reports,
    ReportSchedules,
)
from tap_mws_reports.streams.measures import quota_wait
from tap_mws_reports.streams.rows import ReportRows
from tap_mws_reports.streams.run import Run
from tap_mws_reports.streams.sellers import Seller
from tap_mws_reports.streams.source import Source
from tap_mws_reports.streams.watchers import make_watcher
from tap_mws_reports.streams.watching import WatchedClock
from tap_mws_reports.streams.writer import LineWriter

DEFAULT_REACH = timedelta(days=30)
"""How far a first run goes back when `start_date` is left out."""


class TapMwsReports(Tap):
    """Amazon sellers' reports: report requests, reports, schedules, and their rows."""

    name = "tap-mws-reports"
    package_name = "tap-mws-reports"
    # A copy: the SDK adds its own settings to it.
    config_jsonschema: ClassVar[dict[str, Any]] = copy.deepcopy(settings.SCHEMA)
    message_writer_class = LineWriter

    @cached_property
    def run(self) -> Run:
        """What the streams of this run share."""
        clock = make_clock(self.config)
        watcher = make_watcher(clock)
        watched = WatchedClock(clock, watcher)
        transports = make_transports(self.config, watched)
        start = configuration.moment(self.config, "start_date")
        return Run(
            sellers=[_seller(owner, transports, watched) for owner in self.owners],
            clock=watched,
            start=start or clock.now() - DEFAULT_REACH,
            end=configuration.moment(self.config, "end_date"),
            watcher=watcher,
            policy=configuration.policy(self.config),
            make_queue=lambda: connect_queue(self.config),
        )

    @cached_property
    def owners(self) -> tuple[Owner, ...]:
        """Whose reports are read."""
        return owners(self.config)

    def discover_streams(self) -> Sequence[Stream]:
        """Return the three lifecycle streams and one stream per configured report type."""
        rows = list(self._row_streams())

        def demands() -> list[Demand]:
            return [demand for stream in rows if stream.selected for demand in stream.demands()]

        self.run.demands = demands
        lifecycle = (ReportRequests, Reports, ReportSchedules)
        return [*(kind(self, self.run) for kind in lifecycle), *rows]

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over the state, as far as it can be used with these settings.

        Raises:
            StateError: it is broken, of other sellers, or speaks of the future.
        """
        super().load_state(state)
        known = check_sellers(state.get("bookmarks", {}), self.run.sellers.ids)
        if gone := known.difference(self.run.sellers.ids):
            what = "The settings do not name %d sellers of the state; what it says of them is kept"
            self.logger.info(what, len(gone))
        only = known or self.run.sellers.ids
        for stream in self.streams.values():
            if isinstance(stream, ReportRows):
                stream.take_state_over()
            if isinstance(stream, LifecycleStream):
                stream.take_state_over(next(iter(only)) if len(only) == 1 else None)

    def _row_streams(self) -> Iterator[ReportRows]:
        by_stream: dict[str, list[ReportSetting]] = {}
        for setting in configuration.report_settings(self.config):
            stream = report_types.load(setting.report_type).stream
            by_stream.setdefault(stream, []).append(setting)
        for settings_of_stream in by_stream.values():
            first = settings_of_stream[0]
            report_type = report_types.load(first.report_type).with_kinds(first.columns)
            sources = tuple(
                Source(setting, owner.seller_id, ids, _habits(ids))
                for setting in settings_of_stream
                for owner in self.owners
                for ids in owner.partitions(setting, report_type)
            )
            lists = frozenset(part.list_path for part in report_type.parts)
            for part in report_type.streams:
                yield ReportRows(self, self.run, part, sources, lists)

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

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        del frame
        writer = self.message_writer
        if isinstance(writer, LineWriter):
            writer.ask_to_stop(signum)

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,
        param: click.Option,
        value: tuple[str, ...],
    ) -> _ConfigInput:
        """Merge the configuration files; ``ENV`` among them stands for the environment."""
        del ctx, param
        files = (input_files.read(path, "--config") for path in value if path != "ENV")
        merged = {name: setting for file in files for name, setting in file.items()}
        return _ConfigInput(config=merged, parse_env="ENV" in value)

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Run the tap from the command line.

        Raises:
            Incomplete: the run went on to its end, but not everything could be had.
        """
        # The SDK's own `invoke` makes the tap and drops it; here its failures are needed after.
        super(Tap, cls).invoke(about=about, about_format=about_format)
        config = config or _ConfigInput()
        try:
            tap = cls(
                config=dict(config.config),
                state=None if state is None else _state(state),
                catalog=None if catalog is None else _parsed(catalog, "--catalog"),
                parse_env_config=config.parse_env,
            )
        except ValueError:
            cls._check_environment()
            raise
        tap.sync_to_the_end()

    @classmethod
    def _check_environment(cls) -> None:
        """Say which variable of the environment the SDK could not read, if it was one."""
        for name, schema in cls.config_jsonschema["properties"].items():
            try:
                parse_environment_config({"properties": {name: schema}}, cls._env_var_prefix)
            except ValueError:
                variable = f"{cls._env_var_prefix}{name.upper()}"
                what = f"{variable} does not have the right form"
                hint = (
                    f"a list or an object is given as JSON; it means: {settings.description(name)}"
                )
                raise SettingsError(what, where="the environment", hint=hint) from None

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
        if failures := self.run.failures:
            reasons = "".join(f"\n  - {failure}" for failure in failures)
            raise Incomplete(
                f"{len(failures)} of the reports could not be had:{reasons}",
                hint="the other rows are written and the state is good; run again to retry",
            )


def _parsed(file: IO[str], option: str) -> dict[str, Any]:
    return input_files.parse(file.read(), file.name, option)


def _state(file: IO[str]) -> dict[str, Any]:
    return input_files.check_state(_parsed(file, "--state"), file.name)


def _seller(owner: Owner, transports: Transports, clock: Clock) -> Seller:
    return Seller(
        owner.seller_id,
        address(owner),
        lambda: connect(owner, transports, clock, quota_wait),
    )


def _shapes_streams(problem: Problem) -> bool:
    """Whether the streams cannot be told with this problem."""
    return re.fullmatch(r"reports.*|sellers(\[\d+\])?", problem.setting) is not None


def _habits(marketplace_ids: Sequence[str]) -> Habits:
    if not marketplace_ids:
        return Habits()
    marketplace = configuration.marketplace(marketplace_ids[0])
    return Habits(
        code_page=marketplace.code_page,
        time_zone=marketplace.time_zone,
        date_order=marketplace.date_order,
        decimal_mark=marketplace.decimal_mark,
    )
