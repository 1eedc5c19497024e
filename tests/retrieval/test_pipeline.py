"""The pipeline between a real service and a sandbox that misbehaves on demand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.errors import Incomplete
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Response

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
STREAM = "flat_file_all_orders_data_by_last_update"
WEEKLY = {"type": ORDERS, "window_days": 7}
BAD = datetime(2020, 4, 27, tzinfo=UTC)  # the start of the third week
TRIES = {FaultKind.CANCELLED: 3}  # the first, and two more
GIVEN_UP = {"mws": "CANCELLED", "sp_api": "FATAL"}
END = {"end_date": "2020-06-08T00:00:00Z"}  # eight weeks


def partition(output) -> dict:
    return output.bookmark(STREAM)["partitions"][0]


def last_download(harness) -> datetime:
    calls = zip(harness.amazon.calls, harness.amazon.moments, strict=True)
    return max(moment for name, moment in calls if name == "download")


def test_every_window_is_requested_before_the_first_is_awaited(harness) -> None:
    harness.run(WEEKLY, **END)
    calls = [name for name in harness.amazon.calls if name in {"request", "download"}]
    assert calls[:8] == ["request"] * 8
    assert calls.count("download") == 8


def test_more_windows_than_a_burst_are_never_throttled(harness) -> None:
    output = harness.run({"type": ORDERS, "window_days": 2}, **END)
    assert Counter(harness.amazon.calls)["request"] == 28
    assert harness.amazon.refused == []
    assert not output.failures


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.CANCELLED, "Amazon ended the report request as "),
        (FaultKind.STUCK, "still IN_PROGRESS"),
        (FaultKind.ERROR_SENTENCE, "We could not make this report because of an internal error"),
        (FaultKind.HTML, "Unavailable"),
    ],
)
def test_one_bad_window_fails_and_delays_no_other(make_harness, whole_run, kind, expected) -> None:
    harness = make_harness(Fault(kind, ORDERS, TRIES.get(kind, 1), BAD))
    output = harness.run(WEEKLY, **END)
    assert len(output.failures) == 1
    assert expected in output.failures[0]
    assert len({row["_report_id"] for row in output.records(STREAM)}) == 7
    failed_windows = partition(output)["failed_windows"]
    assert len(failed_windows) == 1
    whole = whole_run(WEEKLY, **END)
    again = harness.run(WEEKLY, **END, state=output.state)
    assert not again.failures
    assert not partition(again).get("failed_windows")
    assert {*output.keys(STREAM), *again.keys(STREAM)} == set(whole.keys(STREAM))


def test_a_run_with_failed_windows_ends_with_their_reasons_and_exit_code_1(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, 3, BAD))
    with pytest.raises(Incomplete) as raised:
        harness.tap(WEEKLY, **END).sync_to_the_end()
    assert raised.value.exit_code == 1
    expected = raised.value.render()
    assert "2020-04-27T00:00Z to 2020-05-04T00:00Z" in expected
    assert f"{GIVEN_UP[harness.api]} without a reason" in expected
    assert "the state is valid" in expected


def test_a_truncated_document_is_downloaded_again(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.SHORT_BODY, ORDERS, times=2))
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert harness.amazon.calls.count("document" if harness.api == "sp_api" else "download") == 10


def test_a_document_that_is_always_truncated_is_a_failed_window(make_harness) -> None:
    output = make_harness(Fault(FaultKind.SHORT_BODY, ORDERS, 4, BAD)).run(WEEKLY, **END)
    assert len(output.failures) == 1
    assert len(partition(output)["failed_windows"]) == 1


@pytest.mark.api("mws", reason="SP-API tells no MD5")
@pytest.mark.parametrize(("times", "failed_windows"), [(2, 0), (4, 1)])
def test_a_document_with_a_wrong_md5_is_downloaded_up_to_four_times(
    make_harness, times, failed_windows
) -> None:
    output = make_harness(Fault(FaultKind.CORRUPT_MD5, ORDERS, times, BAD)).run(WEEKLY, **END)
    assert (
        len(partition(output).get("failed_windows", [])) == len(output.failures) == failed_windows
    )


@pytest.mark.parametrize("kind", [FaultKind.THROTTLE, FaultKind.HTTP_500])
def test_calls_that_fail_temporarily_cost_only_time(make_harness, whole_run, kind) -> None:
    harness = make_harness()
    words = ("request", "poll", "download", "list")
    operations = sorted({harness.names[each] for each in words})  # with MWS a poll is a list
    harness.strike(*(Fault(kind, each, times=3) for each in operations))
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert len(harness.amazon.refused) == 3 * len(operations)
    assert sorted(output.keys(STREAM)) == sorted(whole_run(WEEKLY, **END).keys(STREAM))


@pytest.mark.api(slow="mws", reason="the pipeline lies above the services")
def test_bad_windows_among_good_ones_fail_with_reasons(make_harness) -> None:
    start = datetime(2020, 4, 20, tzinfo=UTC)
    bad = {
        FaultKind.NO_DATA: 1,
        FaultKind.CANCELLED: 3,
        FaultKind.STUCK: 1,
        FaultKind.SHORT_BODY: 4,
    }
    faults = [
        Fault(kind, ORDERS, times, start + timedelta(days=2 * (3 + number)))
        for number, (kind, times) in enumerate(bad.items())
    ]
    dates = {"start_date": start.isoformat(), "end_date": "2020-05-30T00:00:00Z"}
    harness = make_harness(*faults, pace="steady")
    output = harness.run({"type": ORDERS, "window_days": 2}, **dates)

    rows = {row["_data_start"] for row in output.records(STREAM)}
    assert len(rows) == 16  # of 20 windows, one is empty and three are failed windows
    done = [map(datetime.fromisoformat, pair) for pair in partition(output)["done"]]
    assert sum((end - first for first, end in done), timedelta()) == 17 * timedelta(days=2)
    failed_windows = sorted(
        partition(output)["failed_windows"], key=lambda failed_window: failed_window["start"]
    )
    reasons = [f"ended the report request as {GIVEN_UP[harness.api]}", "still IN_PROGRESS", "bytes"]
    assert len(failed_windows) == len(output.failures) == len(reasons)
    for failed_window, reason in zip(failed_windows, reasons, strict=True):
        assert reason in failed_window["reason"]
    assert ["submitted" in failed_window for failed_window in failed_windows] == [
        False,
        True,
        False,
    ]  # one may still come
    undisturbed = make_harness(pace="steady")
    undisturbed.run({"type": ORDERS, "window_days": 2}, **dates)
    a_look_more = timedelta(seconds=45)
    assert last_download(harness) <= last_download(undisturbed) + a_look_more


@pytest.mark.api(slow="mws", reason="the pipeline lies above the services")
@pytest.mark.parametrize("settings", [{}, {"max_open": 1}], ids=["all at once", "one at a time"])
def test_a_report_in_its_cooldown_delays_no_other(make_harness, settings) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, RETURNS), pace="steady")
    started = harness.clock.now()
    output = harness.run(RETURNS, WEEKLY, start_date="2020-05-25T00:00:00Z", **END, **settings)
    assert not output.failures
    calls = zip(harness.amazon.calls, harness.amazon.moments, strict=True)
    *others, last = [moment - started for name, moment in calls if name == "download"]
    assert last >= timedelta(hours=4)  # the one that was asked for again
    assert len(others) == 2
    assert max(others) < timedelta(minutes=30)


@pytest.mark.api("mws", reason="SP-API shows one report a poll")
def test_one_poll_shows_all_open_requests(make_harness) -> None:
    harness = make_harness(pace="steady")
    daily = {"type": ORDERS, "window_days": 1, "lookback_days": 0}
    first = harness.run(daily, start_date="2020-05-01T00:00:00Z", end_date="2020-05-04T00:00:00Z")
    harness.clock.sleep(3600)
    harness.amazon.calls.clear()
    catalog = rows_alone(harness.tap(daily).catalog_dict)
    dates = {"start_date": "2020-05-01T00:00:00Z", "end_date": "2020-05-19T00:00:00Z"}
    harness.run(daily, **dates, state=first.state, catalog=catalog)
    counts = Counter(harness.amazon.calls)
    assert counts["request"] == counts["download"] == 15
    assert counts["poll"] <= 3  # for what there is already, and one or two polls


def rows_alone(catalog) -> dict:
    """Leave out the streams of requests, reports and schedules, which list them, too."""
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] != STREAM:
            stream["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]
    return catalog


def test_a_window_without_data_is_finished(harness) -> None:
    settings = {"start_date": "2020-06-12T09:20:00Z", "end_date": "2020-06-12T09:21:00Z"}
    output = harness.run(ORDERS, **settings)
    assert not output.failures
    assert not output.records(STREAM)
    harness.amazon.calls.clear()
    harness.run(ORDERS, **settings, state=output.state)
    assert "request" not in harness.amazon.calls


def test_a_request_of_a_killed_run_is_adopted_not_repeated(harness) -> None:
    tap = harness.tap(WEEKLY, **END)

    class Killed(Exception):
        pass

    handle = harness.amazon.handle

    def dying(request, now) -> Response:
        if harness.amazon.word(request) == "download":
            raise Killed
        return handle(request, now)

    harness.amazon.handle = dying
    with pytest.raises(Killed):
        harness.sync(tap)
    harness.amazon.handle = handle
    assert harness.amazon.calls.count("request") == 8
    states = [message["value"] for message in harness.written if message["type"] == "STATE"]
    output = harness.run(WEEKLY, **END, state=states[-1])
    assert harness.amazon.calls.count("request") == 8
    assert not output.failures
    assert len({row["_report_id"] for row in output.records(STREAM)}) == 8


@pytest.mark.api(slow="mws", reason="the pipeline lies above the services")
def test_one_pipeline_serves_all_streams(harness) -> None:
    harness.run(WEEKLY, RETURNS, **END)
    first_download = harness.amazon.calls.index("download")
    assert harness.amazon.calls[:first_download].count("request") >= 9


class Restless(SystemClock):
    """A machine whose clock somebody sets at every pause."""

    def __init__(self, now: datetime, jump: timedelta) -> None:
        self._wall, self._jump, self._passed = now, jump, 0.0
        super().__init__(wall=lambda: self._wall, seconds=lambda: self._passed)

    def sleep(self, seconds: float) -> None:
        self._passed += seconds
        self._wall += timedelta(seconds=seconds) + self._jump


@pytest.mark.api(slow="mws", reason="the pipeline lies above the services")
def test_setting_the_machines_clock_changes_nothing(make_harness) -> None:
    every_two_days = {"type": ORDERS, "window_days": 2}
    quiet = make_harness()
    # No other clock than a virtual one can be that of calls at the same time.
    settings = {**END, "max_connections": 1}
    keys = quiet.run(every_two_days, **settings).keys(STREAM)
    for seconds in (3600, -5):
        disturbed = make_harness()
        disturbed.clock = Restless(disturbed.clock.now(), timedelta(seconds=seconds))
        assert disturbed.run(every_two_days, **settings).keys(STREAM) == keys, seconds
        assert disturbed.amazon.calls == quiet.amazon.calls, seconds
        assert disturbed.amazon.moments == quiet.amazon.moments, seconds


class Suspended(VirtualClock):
    """A machine that is put to sleep for some hours in the middle of every pause."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds + (8 * 3600 if seconds > 1 else 0))


@pytest.mark.api(slow="mws", reason="the pipeline lies above the services")
def test_a_run_continues_after_the_machine_was_suspended(make_harness) -> None:
    quiet, disturbed = make_harness(), make_harness()
    disturbed.clock = Suspended(disturbed.clock.now())
    output = disturbed.run(WEEKLY, **END)
    assert not output.failures
    assert set(output.keys(STREAM)) == set(quiet.run(WEEKLY, **END).keys(STREAM))
    assert disturbed.amazon.calls.count("request") == 8
    assert disturbed.amazon.refused == []
