"""The last run, report by report: when each was requested, done, downloaded and loaded.

The facts are from the stream ``report_requests``, the rows and, if given, the log. A run is found
by its activity: a pause of more than `PAUSE` separates it from the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tap_mws_reports import report_types
from tap_mws_reports.page.database import Database, Row
from tap_mws_reports.page.run_log import LoggedReport, RunLog

PAUSE = timedelta(hours=1)
"""The longest pause within a run; Amazon seldom takes longer for a report."""

REQUESTS = "report_requests"


class Outcome(StrEnum):
    """The outcome of a report."""

    LOADED = "loaded"
    EMPTY = "empty"
    FAILED = "failed"
    WAITING = "waiting"
    UNREAD = "not loaded"
    """Amazon made it, and no row of the tables is from it: another run or program requested it, or
    later reports have replaced all of its rows."""


_OUTCOMES = {
    "DONE": Outcome.UNREAD,
    "DONE_NO_DATA": Outcome.EMPTY,
    "CANCELLED": Outcome.FAILED,
    "FATAL": Outcome.FAILED,
}
_LOGGED_OUTCOMES = (("given_up", Outcome.FAILED), ("empty", Outcome.EMPTY))


@dataclass(frozen=True, slots=True)
class ReportLife:
    """One report, and when it passed each step; None if the step is unknown or did not happen."""

    seller_id: str
    stream: str
    report_id: str | None
    window: str
    outcome: Outcome
    requested: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    downloaded: datetime | None = None
    read: datetime | None = None
    loaded: datetime | None = None
    rows: int = 0
    reason: str = ""

    @property
    def activity(self) -> Iterator[tuple[datetime, datetime]]:
        """The time spans with activity; waiting to be read is not activity."""
        for start, end in ((self.requested, self.completed), (self.read, self.loaded)):
            if start is not None:
                yield start, max(start, end or start)
        if self.downloaded is not None:
            yield self.downloaded, self.downloaded

    def since(self, start: datetime) -> ReportLife:
        """Return it without the steps before a run, which Amazon had done already."""

        def within(step: datetime | None) -> datetime | None:
            return step if step and step >= start else None

        return replace(
            self,
            requested=within(self.requested),
            started=within(self.started),
            completed=within(self.completed),
            downloaded=within(self.downloaded),
            read=within(self.read),
            loaded=within(self.loaded),
        )


class Run(NamedTuple):
    """The last run."""

    start: datetime | None
    end: datetime | None
    reports: Sequence[ReportLife]

    def count(self, outcome: Outcome) -> int:
        """Return how many reports had an outcome."""
        return sum(report.outcome is outcome for report in self.reports)


def last_run(database: Database, log: RunLog) -> Run:
    """Return the last run, its reports in the order in which they began."""
    lives = list(_with_log(_lives(database), log))
    spans = sorted(span for life in lives for span in life.activity)
    if not spans:
        return Run(None, None, ())
    start, end = _last_cluster(spans)
    within = [life.since(start) for life in lives if any(e >= start for _, e in life.activity)]
    within.sort(key=lambda life: (min(life.activity)[0], life.stream, life.window))
    return Run(start, end, within)


def _last_cluster(spans: Sequence[tuple[datetime, datetime]]) -> tuple[datetime, datetime]:
    start, end = spans[0]
    for first, last in spans[1:]:
        start = first if first - end > PAUSE else start
        end = max(end, last)
    return start, end


def _lives(database: Database) -> Iterator[ReportLife]:
    """Yield every requested report, and those with rows but without a request."""
    rows = {
        (each["seller_id"], each["report_id"]): (table, each)
        for table in database.row_tables
        for each in database.rows(_rows_of_reports(database, table))
    }
    for request in _requests(database):
        key = request["seller_id"], request["generated_report_id"] or request["report_request_id"]
        table, loaded = rows.pop(key, (None, None))
        yield _with_rows(_requested(request, table), loaded)
    for (seller_id, report_id), (table, loaded) in rows.items():
        life = ReportLife(seller_id, table, report_id, _window(loaded), Outcome.LOADED)
        yield _with_rows(life, loaded)


def service_of(database: Database) -> str:
    """Return the service of the report requests: SP-API has one id for a request and its report."""
    ids = [(each["report_request_id"], each["generated_report_id"]) for each in _requests(database)]
    return "mws" if any(report and report != request for request, report in ids) else "sp_api"


def _requests(database: Database) -> list[Row]:
    if REQUESTS not in database.tables:
        return []
    return database.rows(f"select * from {database.table(REQUESTS)}")  # noqa: S608 - a quoted name


def _rows_of_reports(database: Database, table: str) -> str:
    """Return the query of the rows of each report; targets add the times in ``_sdc`` columns."""
    columns = database.tables[table]
    times = {
        name: f"{function}({column})" if column in columns else "null"
        for name, function, column in (
            ("read", "min", "_sdc_extracted_at"),
            ("loaded", "max", "_sdc_batched_at"),
        )
    }
    return f"""
        select _seller_id as seller_id, _report_id as report_id, count(*) as n,
               min(_data_start) as start_date, max(_data_end) as end_date,
               {times["read"]} as read, {times["loaded"]} as loaded
        from {database.table(table)} group by 1, 2
    """  # noqa: S608 - a quoted name


def _requested(request: Row, table: str | None) -> ReportLife:
    return ReportLife(
        request["seller_id"],
        table or report_types.load(request["report_type"]).stream,
        request["report_request_id"],
        _window(request),
        _OUTCOMES.get(request["processing_status"], Outcome.WAITING),
        _utc(request["submitted_date"]),
        _utc(request["started_processing_date"]),
        _utc(request["completed_date"]),
    )


def _with_rows(life: ReportLife, loaded: Row | None) -> ReportLife:
    if loaded is None:
        return life
    read, end = _utc(loaded["read"]), _utc(loaded["loaded"])
    return replace(life, outcome=Outcome.LOADED, read=read, loaded=end, rows=int(loaded["n"]))


def _window(row: Row) -> str:
    first, last = _utc(row["start_date"]), _utc(row["end_date"])
    if first is None or last is None:
        return ""
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(moment: date) -> str:
    return f"{moment:%Y-%m-%d}"


def _utc(moment: datetime | None) -> datetime | None:
    """Return a time with its zone: some targets store UTC without one."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _with_log(lives: Iterable[ReportLife], log: RunLog) -> Iterator[ReportLife]:
    """Yield the reports with the facts of the log, and those that are only in the log."""
    of_report = {(each.seller_id, each.report_id or ""): each for each in log.events}
    for life in lives:
        logged = of_report.get((life.seller_id, life.report_id or ""))
        yield life if logged is None else _logged(life, logged, log)
    requested = {each[:3] for each in log.events if each.report_id}
    for each, events in log.events.items():
        unknown = each.report_id is None and each[:3] not in requested
        if unknown and "given_up" in events:
            life = ReportLife(*each[:2], None, each.window or "", Outcome.FAILED)
            moment = events["given_up"]
            yield replace(_logged(life, each, log), requested=moment, completed=moment)


def _logged(life: ReportLife, logged: LoggedReport, log: RunLog) -> ReportLife:
    events = log.events[logged]
    outcome = next((what for event, what in _LOGGED_OUTCOMES if event in events), life.outcome)
    return replace(
        life,
        outcome=life.outcome if life.rows else outcome,
        requested=life.requested or events.get("requested"),
        downloaded=events.get("downloaded"),
        reason=log.reasons.get(logged, ""),
    )
