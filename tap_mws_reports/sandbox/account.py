"""A seller's account: its report requests, reports and schedules over time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from tap_mws_reports.api.mws import operations as mws
from tap_mws_reports.api.sp_api import operations as sp_api
from tap_mws_reports.sandbox import ids, request_resolution
from tap_mws_reports.sandbox.account_entries import (
    MadeReport,
    RequestEntry,
    SandboxReportSpec,
    ScheduleEntry,
)
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.ids import Counter, type_number
from tap_mws_reports.sandbox.notification_outbox import NotificationOutbox
from tap_mws_reports.sandbox.reports import FEED_SUMMARY, SETTLEMENT
from tap_mws_reports.sandbox.reports.feed_summaries import feed_times, summary
from tap_mws_reports.sandbox.reports.settlements import periods
from tap_mws_reports.sandbox.sample_data import SellerData, seller_data
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import SandboxSeller

_RETENTION = max(mws.RETENTION, sp_api.RETENTION)
# Seen in recordings: a settlement is listed 20 to 28 minutes after its period has ended.
_SETTLEMENT_LAG = timedelta(minutes=24)
_LATE = timedelta(hours=8)
_EARLIER = timedelta(days=1)


class SandboxAccount:
    """One seller at one region's endpoint.

    Nothing happens by itself: `advance` brings the account to the present before it is read.

    Args:
        member: the seller.
        seed: decides the seller's data and how long each report takes.
        pace: how long reports take.
        faults: the injected faults.
        now: when the account is opened; it has the settlements and the summaries of feeds of the
            90 days before.
    """

    def __init__(
        self, member: SandboxSeller, seed: int, pace: LatencyProfile, faults: Faults, now: datetime
    ) -> None:
        self.region = member.region
        self.seller_id = member.seller_id
        self.access_key_id = member.access_key_id
        self.secret_access_key = member.secret_access_key
        self.refresh_token = member.refresh_token
        self.seller_data = {
            marketplace_id: seller_data(seed, marketplace_id)
            for marketplace_id in member.marketplace_ids
        }
        self.requests: dict[str, RequestEntry] = {}
        self.schedules: dict[str, ScheduleEntry] = {}
        self.outbox = NotificationOutbox(member.seller_id)
        self.faults = faults
        self.quota_minute = random.Random(f"{seed}/{member.seller_id}/minute").randrange(60)
        self._pace = pace
        self._rng = random.Random(f"{seed}/{member.seller_id}/pace")
        self._request_ids = Counter(50_000)
        self._report_ids = Counter(21_175_694_446)
        # Feeds have ids of the same form as report requests.
        self._feed_ids = Counter(40_000)
        self._summary_ids = Counter(20_812_705_939)
        self._feed_summaries: list[MadeReport] = []
        self._settled_until = now - _RETENTION

    @property
    def reports(self) -> Iterator[MadeReport]:
        """The reports that can be downloaded, in any order."""
        yield from (each.report for each in self.requests.values() if each.report is not None)
        yield from self._feed_summaries

    def advance(self, now: datetime) -> None:
        """Process all events up to ``now``."""
        for marketplace_id, data in self.seller_data.items():
            self._settle(marketplace_id, data, now)
        self._summarise_feeds(now)
        self._settled_until = max(self._settled_until, now - _SETTLEMENT_LAG)
        for schedule in self.schedules.values():
            for spec, moment in schedule.due(now):
                self.add_mws_request(spec, moment, schedule_id=schedule.schedule_id)
        for entry in list(self.requests.values()):
            if entry.due(now):
                self._finish(entry)
            if entry.requested:
                self.outbox.announce(entry, now)
            if now - entry.submitted > _RETENTION:
                del self.requests[entry.request_id]

    def add_mws_request(
        self,
        spec: SandboxReportSpec,
        now: datetime,
        *,
        schedule_id: str | None = None,
        requested: bool = False,
    ) -> RequestEntry:
        """Add a report request as `add_request` does, by the rules of MWS."""
        entry = self.add_request(spec, now, schedule_id=schedule_id, requested=requested)
        self._cancel_duplicate(entry, now)
        return entry

    def add_request(
        self,
        spec: SandboxReportSpec,
        now: datetime,
        *,
        schedule_id: str | None = None,
        requested: bool = False,
    ) -> RequestEntry:
        """Add a report request and return it; ``requested`` if the seller made it."""
        waiting, working = self._pace.draw(self._rng, spec.report_type)
        entry = RequestEntry(
            request_id=self._request_ids.take(now),
            spec=spec,
            schedule_id=schedule_id,
            submitted=now,
            starts=now + waiting,
            ends=now + waiting + working,
            requested=requested,
        )
        if self.faults.strikes(FaultKind.LATE, spec.report_type, spec.start):
            entry.delay(entry.starts + _LATE)
        if self.faults.strikes(FaultKind.STUCK, spec.report_type, spec.start):
            entry.ends = None
        self.requests[entry.request_id] = entry
        if requested and self.faults.strikes(FaultKind.FOREIGN, spec.report_type, spec.start):
            self._add_foreign_request(spec, now)
        return entry

    def _add_foreign_request(self, spec: SandboxReportSpec, now: datetime) -> None:
        """Add a request of another program: the same type, for other dates."""
        other = replace(spec, start=spec.start - _EARLIER, end=spec.end - _EARLIER)
        self.add_request(other, now)

    def new_schedule_id(self, now: datetime) -> str:
        """Return an id for a schedule; schedules and requests share one counter."""
        return self._request_ids.take(now)

    def keep(self, schedule: ScheduleEntry, now: datetime) -> None:
        """Start a schedule, in place of one for the same report."""
        schedule.next_run = max(schedule.next_run, now)
        for other in list(self.schedules.values()):
            if other.same_report_as(schedule):
                del self.schedules[other.schedule_id]
        self.schedules[schedule.schedule_id] = schedule

    def _cancel_duplicate(self, entry: RequestEntry, now: datetime) -> None:
        """Cancel one of two requests for the same report within its cooldown.

        Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_ReportType.html
        """
        cooldown = request_resolution.cooldown(entry.spec)
        for other in self.requests.values():
            same = other is not entry and request_resolution.same_report(other.spec, entry.spec)
            if same and other.outcome is None:
                other.cancel(now)
            elif same and other.report is not None and now - other.submitted < cooldown:
                entry.cancel(now)

    def _finish(self, entry: RequestEntry) -> None:
        if entry.ends is None:
            return
        seller_data = [self.seller_data[each] for each in entry.spec.marketplace_ids]
        made = entry.predicted or request_resolution.resolve_request(
            entry.spec, seller_data, entry.ends, self.faults
        )
        entry.outcome, entry.failed = made.status, made.failed
        if made.write is not None:
            report_id = self._report_ids.take(entry.ends)
            number = type_number(entry.spec.report_type)
            entry.report = MadeReport(
                report_id=report_id,
                document_id=ids.document_id(self.region, self.seller_id, report_id, number),
                report_type=entry.spec.report_type,
                request_id=entry.request_id,
                start=entry.spec.start,
                available=entry.ends,
                write=made.write,
                gone=self.faults.strikes(
                    FaultKind.VANISHED, entry.spec.report_type, entry.spec.start
                ),
            )

    def _summarise_feeds(self, now: datetime) -> None:
        for time in feed_times(self._settled_until, now - _SETTLEMENT_LAG):
            report_id = self._summary_ids.take(time)
            number = type_number(FEED_SUMMARY)
            made = MadeReport(
                report_id=report_id,
                document_id=ids.document_id(self.region, self.seller_id, report_id, number),
                report_type=FEED_SUMMARY,
                request_id=self._feed_ids.take(time),
                start=time,
                available=time,
                write=partial(summary, self.seller_id, time),
            )
            self._feed_summaries.append(made)
        self._feed_summaries = [
            each for each in self._feed_summaries if now - each.available <= _RETENTION
        ]

    def _settle(self, marketplace_id: str, data: SellerData, now: datetime) -> None:
        until = now - _SETTLEMENT_LAG
        for start, end in periods(data, self._settled_until, until):
            spec = SandboxReportSpec(SETTLEMENT, start, end, (marketplace_id,))
            self.add_mws_request(spec, end + _SETTLEMENT_LAG)
