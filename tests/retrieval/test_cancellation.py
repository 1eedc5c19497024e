from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.cancellation import PAUSE, explain_cancellation

CANCELLED = ProcessingStatus.CANCELLED


@pytest.fixture
def other(make_work, now):
    """Another request for the same report, by default one that came to nothing."""
    interval = make_work().interval

    def make(
        *,
        request_id: str = "2",
        age: float = 600,
        status: ProcessingStatus = CANCELLED,
        start=interval.start,
    ) -> ReportRequest:
        submitted = now - timedelta(seconds=age)
        return ReportRequest(
            report_request_id=request_id,
            report_type="_GET_ORDERS_",
            start_date=start,
            end_date=interval.end,
            scheduled=False,
            submitted_date=submitted,
            processing_status=status,
        )

    return make


@pytest.mark.parametrize(
    "status", [ProcessingStatus.SUBMITTED, ProcessingStatus.IN_PROGRESS, ProcessingStatus.DONE]
)
def test_a_duplicate_request_is_cancelled(make_work, now, other, status) -> None:
    other_job = other(status=status)
    why = explain_cancellation(make_work(submitted=5), CANCELLED, [other_job], now)
    assert why.duplicate is other_job
    assert "duplicate" in why.reason


def test_a_request_within_the_cooldown_is_repeated_after_it(make_work, now, other) -> None:
    why = explain_cancellation(
        make_work(submitted=5, cooldown=30), CANCELLED, [other(age=600)], now
    )
    assert why.duplicate is None
    assert "too soon" in why.reason
    assert why.retry_at == now + timedelta(minutes=20)


@pytest.mark.parametrize(("attempts", "pause"), [(0, PAUSE), (1, 2 * PAUSE), (2, 4 * PAUSE)])
@pytest.mark.parametrize("status", [CANCELLED, ProcessingStatus.FATAL])
def test_without_a_known_reason_the_pauses_grow(make_work, now, attempts, pause, status) -> None:
    job = make_work(submitted=5)
    job.attempts = attempts
    why = explain_cancellation(job, status, [], now)
    assert why.retry_at == now + pause
    assert f"as {status.value} without a reason" in why.reason


@pytest.mark.parametrize(
    "change",
    [
        {"request_id": "1", "status": ProcessingStatus.DONE},
        {"start": None, "status": ProcessingStatus.DONE},
        {"age": 2400},
    ],
    ids=["the request itself", "another window", "long ago"],
)
def test_unrelated_requests_explain_nothing(make_work, now, other, change) -> None:
    why = explain_cancellation(
        make_work(submitted=5, cooldown=30), CANCELLED, [other(**change)], now
    )
    assert "without a reason" in why.reason
    assert why.retry_at == now + timedelta(minutes=30)
