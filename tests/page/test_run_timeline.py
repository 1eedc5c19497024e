"""The last run: which reports it had, what became of each, and what it used of the quotas."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tap_mws_reports.api.quota import Quota
from tap_mws_reports.page import open_database
from tap_mws_reports.page.quota_use import QuotaUse, quota_use
from tap_mws_reports.page.run_log import RunLog, read_log
from tap_mws_reports.page.run_timeline import Outcome, ReportLife, last_run, service_of

NOON = datetime(2020, 6, 12, 12, 0, tzinfo=UTC)
STREAM = "merchant_listings_all_data"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def database(tmp_path):
    """Make a database of requests (id, status, submitted, completed) and of rows (id, loaded)."""

    def make(requests: list[tuple], rows: list[tuple] = (), report_prefix: str = "") -> str:
        path = str(tmp_path / "shop.duckdb")
        with duckdb.connect(path) as connection:
            connection.execute("""
                create table report_requests (seller_id text, report_request_id text,
                  report_type text, generated_report_id text, processing_status text,
                  start_date timestamp, end_date timestamp, submitted_date timestamp,
                  started_processing_date timestamp, completed_date timestamp)
            """)
            connection.execute(f"""
                create table {STREAM} (_seller_id text, _report_id text, _report_type text,
                  _row_number int, _data_start timestamp, _data_end timestamp, _unparsed text,
                  _sdc_extracted_at timestamp, _sdc_batched_at timestamp)
            """)
            for name, status, submitted, completed in requests:
                report = report_prefix + name if completed else None
                times = [each and at(each).replace(tzinfo=None) for each in (submitted, completed)]
                connection.execute(
                    "insert into report_requests values"
                    " ('A1', ?, '_GET_MERCHANT_LISTINGS_ALL_DATA_', ?, ?, null, null, ?, null, ?)",
                    [name, report, status, *times],
                )
            for name, loaded in rows:
                moment = at(loaded).replace(tzinfo=None)
                connection.execute(
                    f"insert into {STREAM} values ('A1', ?, 'T', 1, ?, ?, null, ?, ?)",
                    [name, moment, moment, moment, moment],
                )
        return path

    return make


def run_of(path: str, log: RunLog | None = None):
    with open_database(path) as opened:
        return last_run(opened, log or RunLog())


@pytest.mark.parametrize(
    ("status", "loaded", "outcome"),
    [
        ("DONE", True, Outcome.LOADED),
        ("DONE", False, Outcome.UNREAD),
        ("DONE_NO_DATA", False, Outcome.EMPTY),
        ("CANCELLED", False, Outcome.FAILED),
        ("FATAL", False, Outcome.FAILED),
        ("SUBMITTED", False, Outcome.WAITING),
        ("IN_PROGRESS", False, Outcome.WAITING),
    ],
)
def test_the_history_of_a_report(database, status, loaded, outcome) -> None:
    rows = [("1", 3)] if loaded else [("other", 3)]
    run = run_of(database([("1", status, 1, 2)], rows))
    assert {each.report_id: each.outcome for each in run.reports}["1"] is outcome
    assert run.count(outcome) >= 1


def test_an_earlier_run_is_separate(database) -> None:
    requests = [("1", "DONE", 1, 2), ("2", "DONE", 200, 250), ("3", "DONE", 205, 210)]
    run = run_of(database(requests, [("1", 4), ("2", 300), ("3", 300)]))
    assert [each.report_id for each in run.reports] == ["2", "3"]
    assert (run.start, run.end) == (at(200), at(300))


def test_a_report_made_before_the_run_has_only_the_steps_of_the_run(database) -> None:
    requests = [("old", "DONE", -9000, -8999), ("new", "DONE", 1, 2)]
    run = run_of(database(requests, [("old", 3), ("new", 4)]))
    old = next(each for each in run.reports if each.report_id == "old")
    assert (old.requested, old.completed, old.read) == (None, None, at(3))


def test_a_database_without_requests_shows_when_rows_were_loaded(database) -> None:
    run = run_of(database([], [("generated", 3)]))
    assert [(each.stream, each.rows, each.loaded) for each in run.reports] == [(STREAM, 1, at(3))]


def test_an_empty_database_has_no_run(database) -> None:
    assert run_of(database([])) == (None, None, ())


@pytest.mark.parametrize(("prefix", "service"), [("", "sp_api"), ("9", "mws")])
def test_the_service_is_known_by_its_ids(database, prefix, service) -> None:
    with open_database(database([("1", "DONE", 1, 2)], report_prefix=prefix)) as opened:
        assert service_of(opened) == service


SUMMARY = {"report_event": "summary", "streams": {}, "report_requests": 3, "calls": 17}


def line(event: str, minutes: float, request_id: str | None, message: str = "") -> str:
    window = "w" if request_id else "another"
    fields = {"report_event": event, "seller_id": "A1", "stream": STREAM, "window": window}
    fields |= {"report_request_id": request_id, "report_id": None}
    return json.dumps({"ts": at(minutes).timestamp(), "message": message, "extra": fields})


def test_the_log_adds_downloads_failures_and_waits(database) -> None:
    metric = {"metric": "quota_wait", "value": 12.5, "tags": {"operation": "createReport"}}
    log = read_log(
        [
            line("requested", 1, "1"),
            line("downloaded", 2.5, "1"),
            line("empty", 2.6, "2"),
            line("given_up", 2.7, None, "refused for ever"),
            json.dumps({"ts": at(3).timestamp(), "metric_info": metric}),
            *[json.dumps({"ts": at(3).timestamp(), "extra": SUMMARY})] * 2,
            "a line of text",
            "[]",
            "",
        ]
    )
    run = run_of(database([("1", "DONE", 1, 2), ("2", "DONE", 1, 2)], [("1", 3)]), log)
    by_id = {each.report_id: each for each in run.reports}
    assert by_id["1"].downloaded == at(2.5)
    assert by_id["2"].outcome is Outcome.EMPTY
    assert (by_id[None].outcome, by_id[None].reason) == (Outcome.FAILED, "refused for ever")
    assert log.quota_waits == {"createReport": 12.5}
    assert log.calls == 34, "the log is of two runs"
    assert read_log([]).calls is None
    assert log.skipped == 2


def test_a_failure_before_a_request_is_not_shown_beside_the_request(database) -> None:
    refused = line("given_up", 0.5, None).replace("another", "w")
    log = read_log([refused, line("requested", 1, "1")])
    assert len(run_of(database([("1", "DONE", 1, 2)], [("1", 3)]), log).reports) == 1


def life(minutes: float, *, downloaded: bool = True) -> ReportLife:
    moment = at(minutes) if downloaded else None
    return ReportLife("A1", STREAM, "1", "", Outcome.LOADED, at(minutes), downloaded=moment)


@pytest.mark.parametrize(
    ("lives", "calls", "used"),
    [
        ([life(0), life(0), life(0)], 3, 3),
        ([life(0), life(0), life(1)], 3, 2),  # one call comes back each minute
        ([life(0), life(10)], 2, 1),
        ([life(0), life(0, downloaded=False)], 2, None),
        ([], 0, 0),
    ],
)
def test_the_used_part_of_a_burst(lives, calls, used) -> None:
    requests, downloads = quota_use(lives, "sp_api")
    assert (downloads.operation, downloads.calls, downloads.most_used) == (
        "getReportDocument",
        calls,
        used,
    )
    assert isinstance(requests, QuotaUse)
    assert requests.quota == Quota(15, pytest.approx(59.88, abs=0.2))


def test_mws_has_its_own_operations() -> None:
    assert [use.operation for use in quota_use([life(0)], "mws")] == ["RequestReport", "GetReport"]
