"""When a run would end, for work lists that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from tap_mws_reports.api.interface import ReportSpec, ThrottledCall
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, combine_forecasts, forecast
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2020, 6, 12, 9, 30, tzinfo=UTC)
SLOW, QUICK, NEW = "_GET_SLOW_DATA_", "_GET_QUICK_DATA_", "_GET_NEW_DATA_"
SEEN = {SLOW: [1800.0], QUICK: [30.0]}
RULE = WindowRule(timedelta(days=1))
QUOTA = Quota(burst=15, restore_seconds=60, hourly=60)


class Quotas:
    quotas: ClassVar = dict.fromkeys(ThrottledCall, QUOTA)

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        return Budget(self.quotas[call], NOW).moments(NOW, count)


def jobs(report_type: str, count: int) -> list[ReportJob]:
    return [
        ReportJob("stream", ReportSpec(report_type, NOW - timedelta(days=day)), Bookmark({}), RULE)
        for day in range(count)
    ]


def opened(report_type: str, count: int, minutes_ago: int) -> list[ReportJob]:
    made = jobs(report_type, count)
    for number, job in enumerate(made):
        job.opened(str(number), NOW - timedelta(minutes=minutes_ago), NOW, adopted=True)
    return made


def dated(job: ReportJob, days: int) -> ReportJob:
    start = NOW - timedelta(days=days)
    job.interval = Interval(start, start + timedelta(days=1))
    return job


def told(
    wanted: list[ReportJob], policy: RetrievalPolicy | None = None, seen: object = None
) -> Forecast:
    latencies = Latencies(SEEN if seen is None else seen)
    return forecast(wanted, latencies, Quotas(), policy or RetrievalPolicy(), NOW)


@pytest.mark.parametrize(
    ("wanted", "least", "expected"),
    [
        pytest.param([], 0, 0, id="nothing is wanted"),
        pytest.param(jobs(QUICK, 1), 30, 30, id="one report"),
        pytest.param(jobs(QUICK, 15), 30, 30, id="one burst"),
        pytest.param(jobs(QUICK, 16), 90, 90, id="one more than a burst"),
        pytest.param(jobs(QUICK, 60), 2730, 2730, id="one hour's worth"),
        pytest.param(jobs(QUICK, 61), 3630, 3630, id="one more than an hour's worth"),
        pytest.param(jobs(SLOW, 15) + jobs(QUICK, 15), 1800, 1800, id="slow ones go first"),
        pytest.param(jobs(QUICK, 40) + jobs(SLOW, 5), 1830, 1830, id="quick ones end last"),
        pytest.param(jobs(NEW, 1), 0, 300, id="nothing is known of the type"),
        pytest.param(opened(SLOW, 3, 20), 600, 600, id="adopted while processed"),
        pytest.param(opened(SLOW, 3, 45), 0, 0, id="adopted and timed out"),
        pytest.param(opened(QUICK, 20, 45), 300, 300, id="downloads have a quota, too"),
    ],
)
def test_the_end_follows_from_quotas_and_latencies(wanted, least, expected) -> None:
    found = told(wanted)
    assert found.at_least == timedelta(seconds=least)
    assert found.expected == timedelta(seconds=expected)


def test_calls_to_make_are_counted() -> None:
    wanted = jobs(QUICK, 3) + jobs(QUICK, 2) + opened(SLOW, 4, 1) + jobs(NEW, 1)
    wanted[0].phase = JobStatus.FETCHED
    found = told(wanted)
    assert (found.reports, found.adopted) == (8, 4)
    assert found.requests == 4, "two streams that want the same report ask for it once"
    assert found.types_without_latency == (NEW,)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(RetrievalPolicy(), 1800, id="slowest first"),
        pytest.param(RetrievalPolicy(order="newest"), 1860, id="newest first"),
        pytest.param(RetrievalPolicy(most_open=1), 2250, id="one at a time"),
    ],
)
def test_settings_are_respected(policy, expected) -> None:
    old = [dated(jobs(SLOW, 1)[0], days=99)]
    wanted = [dated(job, days=day) for day, job in enumerate(jobs(QUICK, 15))] + old
    assert told(wanted, policy).expected == timedelta(seconds=expected)


def test_jobs_that_may_not_be_requested_yet_are_waited_for() -> None:
    wanted = jobs(QUICK, 2)
    wanted[1].not_before = NOW + timedelta(hours=4)
    assert told(wanted).expected == timedelta(hours=4, seconds=30)


def test_many_reports_have_the_spread_of_those_seen() -> None:
    seen = {SLOW: [600.0 + 30 * number for number in range(25)]}
    one, many = (told(jobs(SLOW, count), seen=seen) for count in (1, 15))
    assert one.at_least == timedelta(minutes=16)
    assert one.expected < timedelta(minutes=19), "when most of them are ready, it is looked for"
    assert many.at_least == timedelta(minutes=16)
    assert timedelta(minutes=22) <= many.expected <= timedelta(minutes=27)


def test_streams_of_one_report_need_one_download() -> None:
    both = opened(QUICK, 1, 45) + opened(QUICK, 1, 45)
    assert told(both * 8).expected == timedelta(0)
    many = [job for each in range(20) for job in opened(QUICK, 1, 45)]
    for number, job in enumerate(many):
        job.report_request_id = str(number // 2)
    assert told(many).expected == timedelta(0)


def test_sellers_do_not_wait_for_each_other() -> None:
    both = combine_forecasts([told(jobs(QUICK, 16)), told(jobs(NEW, 2))])
    assert (both.reports, both.requests) == (18, 18)
    assert both.expected == timedelta(seconds=300)
    assert both.at_least == timedelta(seconds=90)
    assert both.types_without_latency == (NEW,)
    assert combine_forecasts([]).expected == timedelta(0)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (told([]), "No reports to retrieve"),
        (told(jobs(QUICK, 1)), "1 report, at least 30 s by quota; finish about "),
        (told(jobs(QUICK, 61)), "61 reports, at least 1 h by quota; finish about "),
        (
            told(jobs(QUICK, 120) + opened(SLOW, 8, 1)),
            "128 reports, 8 of them adopted, at least 2 h by quota; finish about ",
        ),
    ],
)
def test_a_forecast_is_described_in_a_line(found, message) -> None:
    assert found.describe(NOW).startswith(message)
