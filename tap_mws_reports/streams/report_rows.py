"""The row streams: parsed rows of each configured report type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from singer_sdk import Tap
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.helpers.types import Context

from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.marketplaces import labels
from tap_mws_reports.config import validation
from tap_mws_reports.config.report_checks import spelled_for
from tap_mws_reports.config.service_choice import chosen_service
from tap_mws_reports.documents import (
    Engine,
    Exact,
    MediaType,
    RecordBatch,
    Table,
    decompressed,
    media_type_of,
)
from tap_mws_reports.errors import SkipWindow
from tap_mws_reports.progress.run_summary import StreamSummary
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.ledger_state import LedgerState
from tap_mws_reports.retrieval.state.partitions import Partitions
from tap_mws_reports.retrieval.state.state_validation import (
    align_to_periods,
    check_stream_state,
    migrate_dated_partitions,
    migrate_stream_state,
    rename_keys,
)
from tap_mws_reports.streams.batch.batch_files import BatchStorage, write_batch_files
from tap_mws_reports.streams.batch.batch_formats import make_format
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS, may_deliver_files, save_document
from tap_mws_reports.streams.declared_kinds import DeclaredKindsStream
from tap_mws_reports.streams.document_checks import DocumentChecks
from tap_mws_reports.streams.failure_review import FailureReview
from tap_mws_reports.streams.opened_document import (
    envelope_columns,
    log_document,
    log_unread,
    open_document,
    unparsed_cells,
)
from tap_mws_reports.streams.partition_config import PartitionConfig
from tap_mws_reports.streams.record_engine import always_python
from tap_mws_reports.streams.rejected_lines import RejectedLinesFile
from tap_mws_reports.streams.row_counts import RowCountPolicy
from tap_mws_reports.streams.row_schema import (
    ENVELOPE,
    primary_keys,
    with_envelope,
    written_as,
)
from tap_mws_reports.streams.sync_context import SyncContext

T = TypeVar("T")


class ReportRows(DeclaredKindsStream):
    """The rows of one report type, or of one list in its documents.

    ``lists`` are the paths of all lists that streams read, ``chosen`` the columns with a kind in
    the settings, by name or header, ``summed`` the streams of the same documents whose rows sum up
    the whole window.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    """The documents package types every value; the SDK's conversion would only drop new columns."""

    replication_key = "_data_end"

    def __init__(
        self,
        tap: Tap,
        run: SyncContext,
        report_type: ReportType,
        sources: tuple[PartitionConfig, ...],
        lists: frozenset[str] = frozenset(),
        chosen: Collection[str] = (),
        summed: frozenset[str] = frozenset(),
    ) -> None:
        self._run = run
        self._summed = summed
        self._report_type = report_type
        self._sources = sources
        self._marketplace_formats = {
            source.marketplace_ids: source.marketplace_format for source in sources
        }
        self._lists = lists
        self._rows_read = 0
        super().__init__(tap, report_type, chosen)
        self._failures = FailureReview(report_type, sources, run, self.logger)
        self.primary_keys = primary_keys(
            report_type, keep_snapshots=bool(self.config.get("keep_snapshots"))
        )

    @cached_property
    def _checks(self) -> DocumentChecks:
        mode, bound = validation.row_count_policy(self.config)
        policy = RowCountPolicy(mode, bound)
        return DocumentChecks(
            self._report_type,
            policy,
            self.logger,
            state=lambda: self.stream_state,
            excludes=self.column_filter.excludes,
        )

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The key and the envelope columns."""
        return tuple(dict.fromkeys((*super().required_columns, *ENVELOPE)))

    @property
    def report_type_name(self) -> str:
        """The report type in the spelling of MWS."""
        return self._report_type.name

    @property
    def partitions(self) -> None:
        """Return None: all partitions share one job list, so the SDK must not iterate over them."""

    def take_state_over(self) -> None:
        """Validate the state, migrate it to the current format, and restore its columns.

        Raises:
            StateError: it is invalid.
        """
        state = self.stream_state
        rename_keys(state)
        check_stream_state(self.name, state, self._run.clock.now())
        partitions = [(source.seller_id, source.marketplace_ids) for source in self._sources]
        if read_until := migrate_stream_state(state, partitions, self._run.start):
            what = "The state of %s is only a date; rows until %s count as read"
            self.logger.warning(what, self.name, read_until.isoformat())
        if self._report_type.kind == "range":
            migrate_dated_partitions(state, self._run.start)
        self._warn_of_new_marketplaces()
        if state.get("partitions"):
            self._realign(Partitions(state))
            self._failures.reopen(Partitions(state))
        self.settle_kinds()
        self.recall_columns()

    def _warn_of_new_marketplaces(self) -> None:
        """Warn about new partitions of sellers of which the state has others."""
        contexts = [each["context"] for each in self.stream_state.get("partitions", [])]
        sellers = {each["seller_id"] for each in contexts}
        for source in self._sources:
            if source.seller_id in sellers and source.context not in contexts:
                what = "The state of %s has no bookmark of seller %s for the marketplaces %s: "
                what += "their reports are read from the start date on"
                places = labels(sorted(source.marketplace_ids))
                self.logger.warning(what, self.name, source.seller_id, places)

    def _realign(self, partitions: Partitions) -> None:
        """Align the windows of earlier runs to whole periods."""
        changed = False
        for source in self._sources:
            state = partitions.of(source.context)
            periods = source.window_rule(self._report_type).periods
            changed |= periods is not None and align_to_periods(Bookmark(state), periods)
        if changed:
            what = "%s is now read in whole periods; partly read periods are read again"
            self.logger.warning(what, self.name)

    def partition_requests(self) -> Iterator[PartitionRequest]:
        """Yield the partition request of each partition."""
        partitions = Partitions(self.stream_state)
        ledgers = LedgerState(self._report_type.name, self.stream_state)
        any_length = self._window_may_have_any_length()
        sets: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for source in self._sources:
            sets[source.seller_id].append(source.marketplace_ids)
        for source in self._sources:
            seller_id = source.seller_id
            state = partitions.of(source.context)
            yield PartitionRequest(
                stream=self.name,
                seller_id=seller_id,
                report_type=self._report_type.name,
                kind=self._report_type.kind,
                rule=source.window_rule(self._report_type, any_length=any_length),
                group=source.group,
                start=self._run.start,
                end=self._run.end,
                marketplace_ids=source.marketplace_ids,
                options=source.setting.options,
                bookmark=Bookmark(state),
                ledgers=ledgers,
                one_marketplace=self._report_type.one_marketplace,
                has_other_marketplaces=partitions.has_other_marketplaces(
                    seller_id, sets[seller_id]
                ),
                spelling=spelled_for(self._report_type, chosen_service(self.config)),
                newest_only=self.ABORT_AT_RECORD_COUNT is not None,
            )

    def _window_may_have_any_length(self) -> bool:
        """Whether rows are the same however long the window is.

        Rows of single days are; but where another selected stream of the same document sums up the
        whole window, both have that stream's windows, so that one request serves both.
        """
        if not self._summed or self.name in self._summed:
            return False
        return not any(
            name in self._tap.streams and self._tap.streams[name].selected for name in self._summed
        )

    def blocks(
        self, exact: Exact, engine_for: Callable[[Table], Engine] = always_python
    ) -> Iterator[RecordBatch]:
        """Yield the rows of each document as it arrives; STATE follows each document."""
        exact = written_as(self._decimals, exact)
        for job in self._documents():
            yield from self._completing(job, self._rows(job, exact, engine_for))
        self._failures.expire()

    def go_on(self) -> None:
        """Begin the calls that are due while a batch is written."""
        self._run.go_on()

    def deliver_rows(
        self,
        job: ReportJob,
        take: Callable[[Iterator[RecordBatch]], None],
        exact: Exact,
        engine: Engine,
    ) -> None:
        """Pass the rows of a completed job to ``take``, then move its bookmark.

        Args:
            job: the job, as `SyncContext.completed` yields it.
            take: consumes all batches of a document.
            exact: the conversion of decimals.
            engine: makes the batches.
        """

        def consumed() -> Iterator[None]:
            take(self._rows(job, written_as(self._decimals, exact), lambda _: engine))
            yield

        if not self._is_recounted(job):
            for _ in self._completing(job, consumed()):
                pass

    def expire_failures(self) -> None:
        """Give up failed windows that are too old to be retried; the run has no more documents."""
        self._failures.expire()

    def get_batches(
        self, batch_config: BatchConfig, context: Context | None = None
    ) -> Iterator[tuple[BaseBatchFileEncoding, list[str]]]:
        """Yield the files of each document as it arrives; STATE follows each document."""
        encoding = batch_config.encoding
        form = make_format(encoding.format, self.written_schema, encoding.compression)
        exact = written_as(self._decimals, form.exact)
        storage = BatchStorage(batch_config.storage)

        def write(job: ReportJob) -> Iterator[list[str]]:
            """Yield the addresses of the files of a document with rows."""
            rows, name = self._rows(job, exact, lambda _: form.engine), self._file_name(job)
            if manifest := write_batch_files(rows, storage, name, form, batch_config.batch_size):
                yield manifest

        for job in self._documents():
            for manifest in self._completing(job, write(job)):
                yield encoding, manifest
        self._failures.expire()

    def _documents(self) -> Iterator[ReportJob]:
        """Yield the completed jobs, without those that are requested once more."""
        for job in self._run.documents(self.name):
            if not self._is_recounted(job):
                yield job

    def _is_recounted(self, job: ReportJob) -> bool:
        """Request a snapshot once more if its number of rows is unusual; return whether so."""
        if not self._checks.may_recount(job):
            return False
        try:
            deviation = self._checks.deviation(job, self._count_rows(job))
        except SkipWindow:  # reading its rows will raise the error
            return False
        if deviation is None or (not_before := self._run.recount(job)) is None:
            return False
        what = "Unusual number of rows in %s: %s. It is requested once more, not before %s"
        self.logger.warning(what, job.describe(), deviation, f"{not_before:%Y-%m-%d %H:%M} UTC")
        return True

    def _count_rows(self, job: ReportJob) -> int:
        """Return the number of rows of a document, before they are written."""
        if job.document is None:
            return 0
        with decompressed(job.document.path, job.document.path.parent) as path:
            document = replace(job.document, path=path)
            marketplace_format = self._marketplace_formats[job.spec.marketplace_ids]
            table = open_document(document, self._report_type, marketplace_format, self._timestamps)
            for _ in table.blocks(wanted=frozenset(self.primary_keys)):
                pass
        return table.counts.rows

    def _file_name(self, job: ReportJob) -> str:
        return f"{job.seller_id}-{self.name}-{job.report_id}"

    def _completing(self, job: ReportJob, made: Iterator[T]) -> Iterator[T]:
        """Yield the output of a job, then move the bookmark or record a failed window."""
        try:
            if job.error is not None:
                raise job.error
            self._rows_read = 0
            yield from made
        except SkipWindow as error:
            error.where = error.where or job.describe()
            self._summary.failures[f"{error.what} [{error.code}]"] += 1
            job.give_up(error, self._run.clock.now().date())
            self._run.failed(error)
            if error.records_failure:
                self._failures.record(job, error)
        else:
            self._checks.record_rows(job, self._rows_read)
            self._run.written(job)
            self._count(job)
        self._run.checkpoints.changed()

    @property
    def _summary(self) -> StreamSummary:
        return self._run.summary.of(self.name)

    def _count(self, job: ReportJob) -> None:
        """Count a job in the summary of the run."""
        self._summary.reports += job.document is not None
        self._summary.empty += job.document is None
        self._summary.rows += self._rows_read
        self._summary.new_columns = self.new_columns

    def warn_of_given_up(self) -> None:
        """Log a warning for each given-up failure, and how to retry it."""
        self._failures.warn_of_given_up(Partitions(self.stream_state))

    def _rows(
        self, job: ReportJob, exact: Exact, engine_for: Callable[[Table], Engine]
    ) -> Iterator[RecordBatch]:
        """Yield the rows of a document, or the record of a binary document."""
        if job.document is None:
            return
        with decompressed(job.document.path, job.document.path.parent) as path:
            file = media_type_of(path) if may_deliver_files(self._report_type) else None
            if file:
                yield self._binary_document(job, path, file)
            else:
                yield from self._read(job, replace(job.document, path=path), exact, engine_for)

    def _binary_document(self, job: ReportJob, path: Path, media_type: MediaType) -> RecordBatch:
        directory = Path(self.config["documents_directory"])
        record = save_document(path, media_type, directory, self._file_name(job))
        self.add_columns(FILE_COLUMNS)
        self.logger.info(
            "Saved %s, a document of type %s, in %s", job.describe(), media_type.called, directory
        )
        self.count_document(media_type=media_type.name)
        self._rows_read = 1
        return with_envelope(record, envelope_columns(job), ())

    def _read(
        self,
        job: ReportJob,
        document: ReportDocument,
        exact: Exact,
        engine_for: Callable[[Table], Engine],
    ) -> Iterator[RecordBatch]:
        marketplace_format = self._marketplace_formats[job.spec.marketplace_ids]
        table = open_document(document, self._report_type, marketplace_format, self._timestamps)
        ignored = self.take_new_columns(table.kinds)
        table.read_as(self.declared_kinds())
        wanted = {
            name
            for name in table.kinds
            if name in self.primary_keys or (name not in ignored and self.is_selected(name))
        }
        envelope, judge = envelope_columns(job), self._checks.judge_kinds(table)
        with RejectedLinesFile(str(job.report_id)) as rejected:
            engine = engine_for(table)
            blocks = table.blocks(wanted=wanted, exact=exact, reject=rejected.add, engine=engine)
            for block in blocks:
                judge.look_at(block)
                self._summary.unparsed += unparsed_cells(block)
                yield with_envelope(block, envelope, self._report_type.identity.columns)
                self._run.go_on()
        log_document(self.logger, job, table, document.charset or "none")
        log_unread(self.logger, job, table, rejected, self._lists)
        self._checks.record_kinds(job, judge)
        decoding = table.decoding
        self.count_document(charset=decoding.encoding, charset_rule=decoding.rule)
        self._rows_read = table.counts.rows
        self._summary.rejected += table.counts.rejected
        self._checks.record_columns(job, table.kinds, self._run.clock.now().date())
        self._run.read(table.counts.rows)
