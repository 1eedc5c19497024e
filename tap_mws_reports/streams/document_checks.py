"""Checks of what Amazon does not guarantee: complete snapshots, and columns that stay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from logging import Logger
from typing import Any

from tap_mws_reports.documents import Table
from tap_mws_reports.documents.kind_hints import KindJudge
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.streams.absent_columns import Absence, absences_after
from tap_mws_reports.streams.row_counts import (
    ENOUGH,
    RowCountDeviation,
    RowCountPolicy,
    with_row_count,
)

_SENT = "sent_columns"
"""The state key of the known columns that documents of a stream had."""


class DocumentChecks:
    """Compares the documents of a stream with earlier ones, and logs what is unusual.

    Args:
        report_type: of the stream.
        policy: the settings of the check of row counts.
        logger: of the stream.
        state: returns the state of the stream.
        excludes: whether a column is not to be written, not even its name.
    """

    def __init__(
        self,
        report_type: ReportType,
        policy: RowCountPolicy,
        logger: Logger,
        state: Callable[[], dict[str, Any]],
        excludes: Callable[[str], bool],
    ) -> None:
        self._report_type = report_type
        self._policy = policy
        self._logger = logger
        self._get_state = state
        self._excludes = excludes
        self._hinted: set[str] = set()

    def may_recount(self, job: ReportJob) -> bool:
        """Whether a job is to be requested once more if its number of rows is unusual."""
        return (
            self._policy.mode == "retry"
            and self.is_snapshot(job)
            and job.error is None
            and not job.recounted
            and len(job.bookmark.row_counts) >= ENOUGH
        )

    def is_snapshot(self, job: ReportJob) -> bool:
        """Whether the rows of a job are compared with those of earlier jobs."""
        return self._report_type.kind == "snapshot" and job.interval is None

    def deviation(self, job: ReportJob, rows: int) -> RowCountDeviation | None:
        """Return the deviation of a snapshot from earlier ones, or None."""
        if not self.is_snapshot(job):
            return None
        return self._policy.deviation(rows, job.bookmark.row_counts)

    def record_rows(self, job: ReportJob, rows: int) -> None:
        """Record the rows of a delivered snapshot, and log if they are far from usual."""
        if not self.is_snapshot(job):
            return
        if deviation := self.deviation(job, rows):
            again = "; this is the second answer" if job.recounted else ""
            hint = "" if again else ". `row_count_check: retry` requests such a report once more"
            what = "Unusual number of rows in %s: %s%s. The report may be incomplete%s"
            self._logger.warning(what, job.describe(), deviation, again, hint)
        elif job.recounted:
            self._logger.info("The second answer to %s has %d rows", job.describe(), rows)
        job.bookmark.record_row_counts(with_row_count(job.bookmark.row_counts, rows))

    def judge_kinds(self, table: Table) -> KindJudge:
        """Return a judge of the new columns that this run has not logged yet."""
        new = [each for each in table.columns if not each.known and each.name not in self._hinted]
        return KindJudge(new, self._report_type, table.marketplace_format)

    def record_kinds(self, job: ReportJob, judge: KindJudge) -> None:
        """Log once in a run which kinds the new columns of a document could have."""
        for hint in judge.hints():
            self._hinted.add(hint.column.name)
            what = "New column %s of %s is text, but all of its %d cells in %s look like %s. "
            what += "The line for an entry of your own (`report_types_directory`): %s"
            self._logger.info(
                what,
                *(hint.column.name, self._report_type.name, hint.cells, job.describe()),
                *(hint.kind.value, hint.line),
            )

    def record_columns(self, job: ReportJob, present: Collection[str], today: date) -> None:
        """Count the known columns that a document lacks, and log once which are gone."""
        # A column of a flat file is in its header; elements of XML and JSON may be left out.
        if self._report_type.format not in {"tab", "csv"}:
            return
        reported, state = self._reported, self._get_state()
        sent: list[str] = state.get(_SENT, [])
        absences = absences_after(
            (Absence(*entry) for entry in job.bookmark.absent_columns),
            sent=sent,
            compared=job.bookmark.compared_columns,
            # Excluded columns are not missed.
            present={*present, *filter(self._excludes, sent)},
            today=today,
        )
        for absence in absences:
            if absence.has_gone and absence.column not in reported:
                reported.add(absence.column)
                what = "Amazon no longer sends %s of %s since %s; it is null in new rows"
                self._logger.warning(
                    what, self._header(absence.column), self._report_type.name, absence.since
                )
        names = (spec.name for spec in self._report_type.columns)
        known = [name for name in names if name in present and not self._excludes(name)]
        sent = [*sent, *(name for name in known if name not in sent)]
        if sent:
            state[_SENT] = sent
        entries = [[each.column, each.documents, each.since] for each in absences]
        job.bookmark.record_columns(len(sent), entries)

    @cached_property
    def _reported(self) -> set[str]:
        """The columns that earlier runs have logged as gone."""
        return {
            absence.column
            for partition in self._get_state().get("partitions", [])
            for entry in partition.get("absent_columns", [])
            if (absence := Absence(*entry)).has_gone
        }

    def _header(self, column: str) -> str:
        headers = (spec.header for spec in self._report_type.columns if spec.name == column)
        return next(headers, column)
