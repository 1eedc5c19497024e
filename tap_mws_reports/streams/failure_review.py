"""The review of a stream's failed windows: before a run, after its jobs, and at its end."""

from __future__ import annotations

import logging
from collections import defaultdict

from tap_mws_reports.errors import SkipWindow, TapError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.retry_limit import date_failures, expire, reopen
from tap_mws_reports.retrieval.state.bookmark_entries import FailureKey
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.partitions import Partitions
from tap_mws_reports.streams.partition_config import PartitionConfig
from tap_mws_reports.streams.sync_context import SyncContext


class FailureReview:
    """Reopens failed windows, or gives them up, as ``retry_failed_days`` says."""

    def __init__(
        self,
        report_type: ReportType,
        sources: tuple[PartitionConfig, ...],
        run: SyncContext,
        logger: logging.Logger,
    ) -> None:
        self._report_type = report_type
        self._sources = sources
        self._run = run
        self._logger = logger
        self._failed: list[tuple[ReportJob, SkipWindow]] = []
        """The jobs of this run that failed."""

    def reopen(self, partitions: Partitions) -> None:
        """Set missing dates of failures, and reopen those that the limit allows now."""
        today, days = self._run.clock.now().date(), self._run.retry_failed_days
        for source in self._sources:
            state = partitions.of(source.context)
            bookmark, rule = Bookmark(state), source.window_rule(self._report_type)
            date_failures(bookmark, today)
            if count := reopen(bookmark, rule, today, days):
                what = "Retrying %d given-up entries of %s: younger than %d days"
                self._logger.info(what, count, self._report_type.stream, days)

    def record(self, job: ReportJob, error: SkipWindow) -> None:
        """Keep a job that failed, until all jobs completed."""
        self._failed.append((job, error))

    def expire(self) -> None:
        """Give up windows that have failed for too long, after all jobs completed.

        The state is written then: it waits for no other stream.
        """
        today, days = self._run.clock.now().date(), self._run.retry_failed_days
        failed: defaultdict[Bookmark, dict[FailureKey, TapError]] = defaultdict(dict)
        for job, error in self._failed:
            failed[job.bookmark][job.failure_key] = error
        self._failed.clear()
        for bookmark, errors in failed.items():
            for failed_window in expire(bookmark, errors.keys(), today, days):
                self._run.given_up(errors[failed_window.key])
                self._run.checkpoints.changed()
        self._run.checkpoints.catch_up()

    def warn_of_given_up(self, partitions: Partitions) -> None:
        """Log a warning for each given-up failure, and how to retry it."""
        today = self._run.clock.now().date()
        for source in self._sources:
            state = partitions.of(source.context)
            for each in Bookmark(state).given_up:
                what = f"report {each.report_id}" if each.report_id else each.interval or "snapshot"
                self._logger.warning(
                    "Not retried any more: %s, %s, %s, failing since %s: %s. To retry it, "
                    "run once with `retry_failed_days` set to %d or more",
                    *(self._report_type.name, what, source.describe(), each.since, each.reason),
                    (today - each.since).days + 1,
                )
