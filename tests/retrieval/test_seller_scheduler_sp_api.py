"""The same work list over SP-API: its quota, its polls, a type with a quota, a failed report."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.sp_api.operations import OPERATIONS
from tap_mws_reports.api.sp_api.service import Credentials, Endpoint, SpApiReportService
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, SavedBody
from tap_mws_reports.errors import ErrorDocument, TapError
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobEvent, JobEventType, JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACE = 1 / 0.0167


@dataclass
class Amazon:
    """Makes every report in the same time, and holds the tap to the plans."""

    clock: VirtualClock
    latency: float
    ends: dict[str, str] = field(default_factory=dict)
    own_quotas: dict[str, Budget] = field(default_factory=dict)
    made: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    plans: dict[str, Budget] = field(default_factory=dict)
    unlisted: str = ""
    denied: str = ""

    def send(self, request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url).path.split("/")
        if "o2" in parts:
            return answer(200, access_token="Atza|x", expires_in=3600)
        if parts[-1] == "reports" and request.method == "GET":
            return self._list(parse_qs(urlsplit(request.url).query))
        if parts[-1] == "reports":
            return self._create(json.loads(request.body)["reportType"])
        name = {"reports": "getReport", "documents": "getReportDocument"}[parts[-2]]
        if not self._allows(name):
            return self._quota_exceeded(name)
        if name == "getReport":
            return answer(200, **self._item(parts[-1]))
        url = f"https://docs.example/{parts[-1]}"
        return answer(200, reportDocumentId=parts[-1], url=url)

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        del request
        path.write_bytes(b"no such range")
        return HttpResponse(200, {}, saved=SavedBody(13, b""))

    def _create(self, report_type: str) -> HttpResponse:
        own = self.own_quotas.get(report_type)
        if own is not None and own.wait(self.clock.now()) > 0:
            return self._quota_exceeded(report_type)
        if not self._allows("createReport"):
            return self._quota_exceeded("createReport")
        if own is not None:
            own.take(self.clock.now())
        if report_type == self.denied:
            error = {"code": "Unauthorized", "message": "Access to the resource is forbidden"}
            return answer(403, errors=[{**error, "details": ""}])
        report_id = str(len(self.made) + 1)
        self.made[report_id] = (report_type, self.clock.now())
        return answer(202, reportId=report_id)

    def _list(self, requested: dict[str, list[str]]) -> HttpResponse:
        if not self._allows("getReports"):
            return self._quota_exceeded("getReports")
        types, since = requested["reportTypes"][0].split(","), requested["createdSince"][0]
        shown = [
            self._item(report_id)
            for report_id, (report_type, created) in self.made.items()
            if report_type in types and created >= datetime.fromisoformat(since)
            if report_type != self.unlisted
        ]
        return answer(200, reports=shown)

    def _item(self, report_id: str) -> dict[str, Any]:
        report_type, created = self.made[report_id]
        ended = created + timedelta(seconds=self.latency)
        item = {
            "reportId": report_id,
            "reportType": report_type,
            "createdTime": created.isoformat(),
        }
        if self.clock.now() < ended:
            return {**item, "processingStatus": "IN_PROGRESS"}
        status = self.ends.get(report_type, "DONE")
        document = {"reportDocumentId": f"d{report_id}"} if status != "CANCELLED" else {}
        times = {"processingStartTime": created.isoformat(), "processingEndTime": ended.isoformat()}
        return {**item, **times, **document, "processingStatus": status}

    def _allows(self, name: str) -> bool:
        now = self.clock.now()
        plan = self.plans.setdefault(name, Budget(OPERATIONS[name].quota, now))
        if plan.wait(now) > 0:
            return False
        plan.take(now)
        self.calls[name] += 1
        return True

    def _quota_exceeded(self, name: str) -> HttpResponse:
        self.throttled[name] += 1
        return answer(429, errors=[{"code": "QuotaExceeded", "message": "No."}])


def answer(status: int, **values: object) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps(values).encode())


@dataclass
class Retrieval:
    jobs: list[ReportJob]
    clock: VirtualClock
    events: list[JobEvent] = field(default_factory=list)

    def phases(self, report_type: str) -> set[JobStatus]:
        return {job.phase for job in self.jobs if job.spec.report_type == report_type}


@pytest.fixture
def retrieve(make_work, tmp_path: Path):
    """Run a work list to its end, under a clock that moves only when it waits."""

    def on_quota_wait(_call: ThrottledCall, _seconds: float) -> None:
        """Take it as it is."""

    def lost(_seller_id: str, error: TapError) -> NoReturn:
        raise error

    def run(amazon: Amazon, *report_types: str) -> Retrieval:
        service = SpApiReportService(
            ClientSettings(
                Credentials("A2SELLER", "client", "s3cr3t", "Atzr|x"),
                Endpoint.of("NA"),
                amazon,
                amazon.clock,
                random.Random(1),
            ),
            amazon,
            marketplace_ids=["ATVPDKIKX0DER"],
        )
        jobs = [
            make_work(each, start=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number))
            for number, each in enumerate(report_types)
        ]
        done = Retrieval(jobs, amazon.clock)
        emit = done.events.append
        seller = SellerJobs(service, jobs, Latencies(), RetrievalPolicy(), emit)
        scheduler = SellerScheduler("A2SELLER", seller, tmp_path)
        pipeline = Pipeline([scheduler], amazon.clock, on_quota_wait, lost, lambda: None)
        list(pipeline.ended("stream"))
        return done

    return run


@pytest.fixture
def make_amazon():
    def make(latency: float = 300.0, **ends: str) -> Amazon:
        return Amazon(VirtualClock(START), latency, ends)

    return make


@pytest.mark.parametrize("latency", [15.0, 120.0, 900.0])
def test_requests_keep_the_quota_and_polls_are_few(retrieve, make_amazon, latency: float) -> None:
    amazon = make_amazon(latency)
    done = retrieve(amazon, *["_GET_A_"] * 50)
    assert done.phases("_GET_A_") == {JobStatus.FETCHED}
    bound = (50 - 15) * PACE + latency
    assert (amazon.clock.now() - START).total_seconds() <= bound * 1.03
    assert amazon.calls["getReport"] + amazon.calls["getReports"] <= 50 * 1.2
    assert amazon.calls["createReport"] == amazon.calls["getReportDocument"] == 50
    assert not amazon.throttled


def test_requests_missing_in_a_list_are_polled_one_by_one(retrieve, make_amazon) -> None:
    amazon = make_amazon(900.0)
    amazon.unlisted = "GET_A"
    done = retrieve(amazon, *["_GET_A_"] * 2, *["_GET_B_"] * 3)
    assert done.phases("_GET_A_") == done.phases("_GET_B_") == {JobStatus.FETCHED}
    assert amazon.calls["createReport"] == 5, "nothing is asked for again"
    assert amazon.calls["getReport"] >= 2


def test_a_denied_type_is_requested_once(retrieve, make_amazon) -> None:
    amazon = make_amazon()
    amazon.denied = "GET_TAXES"
    done = retrieve(amazon, *["_GET_TAXES_"] * 9, *["_GET_A_"] * 3)
    assert done.phases("_GET_TAXES_") == {JobStatus.FAILED}
    assert done.phases("_GET_A_") == {JobStatus.FETCHED}
    assert amazon.calls["createReport"] == 3 + 1
    # All windows fail for one cause, which is logged with the first.
    failed = [job for job in done.jobs if job.phase is JobStatus.FAILED]
    assert len({id(job.error) for job in failed}) == 1
    given_up = [each.follows for each in done.events if each.event_type is JobEventType.GIVEN_UP]
    assert given_up == [False, *[True] * 8]


def test_a_type_with_its_own_quota_delays_no_other(retrieve, make_amazon) -> None:
    amazon = make_amazon()
    # Four reports an hour.
    amazon.own_quotas["GET_RARE"] = Budget(Quota(1, 900), START)
    done = retrieve(amazon, *["_GET_RARE_"] * 4, *["_GET_A_"] * 20)
    assert done.phases("_GET_RARE_") == done.phases("_GET_A_") == {JobStatus.FETCHED}
    common = [event.moment for event in done.events if event.job.spec.report_type == "_GET_A_"]
    assert max(common) - START < timedelta(minutes=30)
    again = [event.words for event in done.events if event.event_type is JobEventType.AGAIN]
    assert any("GET_RARE is not requested for 15 min" in words for words in again)
    assert amazon.throttled.keys() == {"GET_RARE"}
    assert amazon.throttled["GET_RARE"] <= 4


def test_a_type_that_is_always_throttled_is_skipped(retrieve, make_amazon) -> None:
    amazon = make_amazon()
    never = Budget(Quota(1, 10**6), START)
    never.take(START)
    amazon.own_quotas["GET_NEVER"] = never
    done = retrieve(amazon, "_GET_NEVER_", "_GET_A_")
    assert done.phases("_GET_A_") == {JobStatus.FETCHED}
    assert done.phases("_GET_NEVER_") == {JobStatus.LEFT}
    assert done.jobs[0].error is None
    assert "these marketplaces may not have the type" in done.jobs[0].left_because
    assert amazon.throttled == {"GET_NEVER": 13}, "once a quarter of an hour for three hours"
    assert amazon.clock.now() - START == timedelta(hours=3)


def test_a_failed_report_is_read_for_its_reason(retrieve, make_amazon) -> None:
    amazon = make_amazon(GET_B="FATAL")
    done = retrieve(amazon, "_GET_B_", "_GET_A_")
    assert done.phases("_GET_A_") == {JobStatus.FETCHED}
    error = done.jobs[0].error
    assert isinstance(error, ErrorDocument)
    assert "no such range" in error.what
    assert amazon.calls["createReport"] == 2


def test_a_report_without_data_is_finished(retrieve, make_amazon) -> None:
    amazon = make_amazon(GET_B="CANCELLED")
    assert retrieve(amazon, "_GET_B_").phases("_GET_B_") == {JobStatus.EMPTY}
    assert amazon.calls["createReport"] == 1
    assert not amazon.calls["getReportDocument"]
