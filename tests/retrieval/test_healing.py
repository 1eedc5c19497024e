"""Whatever went wrong, runs without further faults end with every row and without a failure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

pytestmark = pytest.mark.api(
    slow="mws", reason="failed windows are retried the same over both services"
)

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
STREAM = "flat_file_all_orders_data_by_order_date"
WEEKLY = {"type": ORDERS, "window_days": 7}
END = {"end_date": "2020-06-01T00:00:00Z"}
BAD = datetime(2020, 4, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "kinds",
    [
        # Two requests with bad documents: the state has the id of the last one alone.
        (FaultKind.HTML, FaultKind.HTML),
        (FaultKind.ERROR_SENTENCE, FaultKind.HTML, FaultKind.ERROR_SENTENCE),
        # A request that never ends beside an earlier one with a bad document, and the reverse.
        (FaultKind.HTML, FaultKind.STUCK),
        (FaultKind.STUCK, FaultKind.HTML),
        (FaultKind.HTML, FaultKind.CANCELLED, FaultKind.STUCK),
        (FaultKind.FATAL, FaultKind.STUCK, FaultKind.HTML),
    ],
    ids=lambda kinds: ", ".join(kind.value for kind in kinds),
)
def test_a_failed_window_is_completed_after_bad_requests_in_several_runs(
    make_harness, whole_run, kinds
) -> None:
    harness, state, keys = make_harness(pace="steady"), None, []
    for kind in kinds:
        harness.strike(Fault(kind, ORDERS, 1, BAD))
        output = harness.run(WEEKLY, **END, state=state, retries=0)
        state = output.state
        keys += output.keys(STREAM)
        harness.clock.sleep(7200)
    harness.strike()
    for _ in range(2):  # the first one may still have to find that a request never ends
        output = harness.run(WEEKLY, **END, state=state)
        state = output.state
        keys += output.keys(STREAM)
        harness.clock.sleep(7200)
    assert not output.failures
    whole = whole_run(WEEKLY, pace="steady", **END)
    assert set(keys) == set(whole.keys(STREAM))
    [partition] = state["bookmarks"][STREAM]["partitions"]
    assert not partition.get("failed_windows")
    assert not partition.get("open_requests")
