"""A tap whose reports have been downloaded already: documents in, messages out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ReportDocument, ReportSpec
from tap_mws_reports.progress.log import LogReporter
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.streams.seller_connections import SellerConnection
from tap_mws_reports.streams.sync_context import SyncContext
from tap_mws_reports.tap import TapMwsReports

START = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

Written = Callable[..., list[bytes]]


class Delivered(SyncContext):
    """A run whose documents lie in a folder, one for each day."""

    def __init__(self, paths: Sequence[Path], tap: TapMwsReports) -> None:
        end = START + len(paths) * DAY
        clock = VirtualClock(end)
        seller = SellerConnection("A1EXAMPLE", "https://example.com", _no_service)
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

    def documents(self, stream: str) -> Iterator[ReportJob]:
        (partition_request,) = self._tap.partition_requests()
        for number, path in enumerate(self._paths):
            start = START + number * DAY
            spec = ReportSpec(
                partition_request.report_type,
                start,
                start + DAY,
                partition_request.marketplace_ids,
                (),
            )
            interval = Interval(start, start + DAY) if partition_request.kind == "range" else None
            job = ReportJob(
                stream,
                spec,
                partition_request.bookmark,
                partition_request.rule,
                interval,
                JobStatus.FETCHED,
                f"r{number}",
                start,
            )
            job.seller_id, job.taken, job.report_id = "A1EXAMPLE", start, str(number)
            job.document = ReportDocument(str(number), path, path.stat().st_size, "", None)
            yield job


def _no_service() -> NoReturn:
    raise AssertionError


def make_tap(report_type: str, paths: Sequence[Path], config: Any, **given: Any) -> TapMwsReports:
    class Tap(TapMwsReports):
        @cached_property
        def run(self) -> SyncContext:
            return Delivered(paths, self)

    return Tap(config={"sandbox": True, "reports": [report_type], **config}, **given)


def catalog_without(tap: TapMwsReports, columns: Collection[str]) -> dict[str, Any]:
    catalog: dict[str, Any] = tap.catalog_dict
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if set(each["breadcrumb"][1:]) & set(columns):
                each["metadata"]["selected"] = False
    return catalog


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return what the tap writes of some documents of one report type."""
    folder = tmp_path_factory.mktemp("delivered")

    def write(
        report_type: str,
        bodies: Sequence[bytes],
        *,
        one_by_one: bool = False,
        deselected: Collection[str] = (),
        catalog: dict[str, Any] | None = None,
        state: dict[str, Any] | None = None,
        **config: Any,
    ) -> list[bytes]:
        paths = [folder / f"{number}.txt" for number in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        every = make_tap(report_type, paths, config)
        catalog = catalog_without(every, deselected) if deselected else catalog
        tap = make_tap(report_type, paths, config, catalog=catalog, state=state)
        stream = tap.streams[report_types.load(report_type).stream]
        with pytest.MonkeyPatch.context() as patch:
            if one_by_one:
                patch.setattr(stream, "_obstacle", lambda **_: "a test wants it")
            patch.setattr("tempfile.tempdir", str(folder))
            output = io.BytesIO()
            stdout = io.TextIOWrapper(output, write_through=True)
            patch.setattr(sys, "stdout", stdout)
            stream.sync()
            stdout.flush()
            return output.getvalue().splitlines()

    return write
