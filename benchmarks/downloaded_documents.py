"""A run of the tap whose documents have been downloaded already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ReportDocument, ReportSpec
from tap_mws_reports.progress.log import LogReporter
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.streams.seller_connections import SellerConnection
from tap_mws_reports.streams.sync_context import SyncContext
from tap_mws_reports.tap import TapMwsReports

START = datetime(2020, 1, 1, tzinfo=UTC)
SELLER_ID = "A1EXAMPLE"
DAY = timedelta(days=1)


class DownloadedDocuments(SyncContext):
    """A run that has downloaded one document for each of its windows.

    Args:
        paths: the documents.
        tap: the tap, with one partition per stream.
        window: the length of each window, from `START` on.
        charset: of the documents in Amazon's headers, or None.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        tap: TapMwsReports,
        window: timedelta = DAY,
        charset: str | None = None,
    ) -> None:
        end = START + len(paths) * window
        clock = VirtualClock(end)
        seller = SellerConnection(SELLER_ID, "https://example.com", _no_service)
        super().__init__(
            [seller],
            clock,
            START,
            end,
            LogReporter(clock),
            tap.partition_requests,
            lambda: tap.state_writer.write_state(tap.state),
        )
        self._paths = paths
        self._tap = tap
        self._window = window
        self._charset = charset

    def steps(self, *streams: str) -> Iterator[ReportJob]:
        """Yield the jobs whose documents these are, of each stream in turn."""
        for stream in streams:
            yield from self._jobs(stream)

    def _jobs(self, stream: str) -> Iterator[ReportJob]:
        partition_request = next(
            each for each in self._tap.partition_requests() if each.stream == stream
        )
        for number, path in enumerate(self._paths):
            start = START + number * self._window
            end = start + self._window
            spec = ReportSpec(
                partition_request.report_type,
                start,
                end,
                partition_request.marketplace_ids,
                partition_request.options,
            )
            job = ReportJob(
                stream,
                spec,
                partition_request.bookmark,
                partition_request.rule,
                Interval(start, end) if partition_request.kind == "range" else None,
                JobStatus.FETCHED,
                f"r{number}",
                start,
            )
            job.seller_id, job.taken, job.report_id = SELLER_ID, start, str(number)
            size = path.stat().st_size
            job.document = ReportDocument(str(number), path, size, "", self._charset)
            yield job


def _no_service() -> NoReturn:
    raise AssertionError
