"""One stream of parsed rows for each configured report type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from singer_sdk import Tap
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.helpers.types import Context

from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.documents import (
    Block,
    Exact,
    MediaType,
    Table,
    media_type_of,
    unpacked,
)
from tap_mws_reports.errors import SkipWindow
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.partitions import Partitions, context_of
from tap_mws_reports.retrieval.realignment import realign
from tap_mws_reports.retrieval.state_check import check_stream_state, migrate
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand
from tap_mws_reports.streams.batch_files import write_files
from tap_mws_reports.streams.batch_formats import make_format
from tap_mws_reports.streams.batch_storage import Storage
from tap_mws_reports.streams.growing import GrowingStream
from tap_mws_reports.streams.kept_files import FILE_COLUMNS, keep_file, may_be_files
from tap_mws_reports.streams.reading import envelope_of, open_rows, tell
from tap_mws_reports.streams.refused import RefusedLines
from tap_mws_reports.streams.row_schema import primary_keys, row_schema, with_envelope
from tap_mws_reports.streams.run import Run
from tap_mws_reports.streams.source import Source

T = TypeVar("T")


class ReportRows(GrowingStream):
    """The rows of one report type, or of one of the lists in it, document after document.

    ``lists`` are the paths of all lists that streams read.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    """The documents room types every value; the SDK's pass would only drop new columns."""

    replication_key = "_data_end"

    def __init__(
        self,
        tap: Tap,
        run: Run,
        report_type: ReportType,
        sources: tuple[Source, ...],
        lists: frozenset[str] = frozenset(),
    ) -> None:
        self._run = run
        self._report_type = report_type
        self._sources = sources
        self._habits = {source.marketplace_ids: source.habits for source in sources}
        self._lists = lists
        super().__init__(tap, schema=row_schema(report_type), name=report_type.stream)
        self.primary_keys = primary_keys(
            report_type, keep_snapshots=bool(self.config.get("keep_snapshots"))
        )

    @property
    def report_type_name(self) -> str:
        """What Amazon calls the type, in the spelling of MWS."""
        return self._report_type.name

    @property
    def partitions(self) -> None:
        """Return None: all partitions share one work list, so the SDK must not walk them."""

    def take_state_over(self) -> None:
        """Check the state that was given, bring it into today's form, and recall its columns.

        Raises:
            StateError: it cannot be used.
        """
        state = self.stream_state
        check_stream_state(self.name, state, self._run.clock.now())
        partitions = [(source.seller_id, source.marketplace_ids) for source in self._sources]
        if read_until := migrate(state, partitions, self._run.start):
            what = "The state of %s is a bare date; rows until %s count as read"
            self.logger.warning(what, self.name, read_until.isoformat())
        if state.get("partitions"):
            self._realign(Partitions(state))
        self.recall_columns()

    def _realign(self, partitions: Partitions) -> None:
        """Bring the windows of earlier runs to the borders of whole periods."""
        changed = False
        for source in self._sources:
            state = partitions.of(context_of(source.seller_id, source.marketplace_ids))
            periods = source.window_rule(self._report_type).periods
            changed |= periods is not None and realign(Bookmark(state), periods)
        if changed:
            what = "%s is read in whole periods now; those at the borders are read again"
            self.logger.warning(what, self.name)

    def demands(self) -> Iterator[Demand]:
        """Yield what each partition of the stream wants of Amazon."""
        partitions = Partitions(self.stream_state)
        sets: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for source in self._sources:
            sets[source.seller_id].append(source.marketplace_ids)
        for source in self._sources:
            seller_id = source.seller_id
            state = partitions.of(context_of(seller_id, source.marketplace_ids))
            yield Demand(
                stream=self.name,
                seller_id=seller_id,
                report_type=self._report_type.name,
                kind=self._report_type.kind,
                rule=source.window_rule(self._report_type),
                start=self._run.start,
                end=self._run.end,
                marketplace_ids=source.marketplace_ids,
                options=source.setting.options,
                bookmark=Bookmark(state),
                one_marketplace=self._report_type.one_marketplace,
                asked_otherwise=partitions.asked_otherwise(seller_id, sets[seller_id]),
                newest_only=self.ABORT_AT_RECORD_COUNT is not None,
            )

    def blocks(self, exact: Exact) -> Iterator[Block]:
        """Yield the rows of every document as it arrives; STATE follows each document."""
        for work in self._run.documents(self.name, self.checkpoint):
            yield from self._settled(work, self._rows(work, exact))

    def get_batches(
        self, batch_config: BatchConfig, context: Context | None = None
    ) -> Iterator[tuple[BaseBatchFileEncoding, list[str]]]:
        """Yield the files of every document as it arrives; STATE follows each document."""
        encoding = batch_config.encoding
        form = make_format(encoding.format, self.written_schema, encoding.compression)
        storage = Storage(batch_config.storage)

        def write(work: Work) -> Iterator[list[str]]:
            """Yield the addresses of a document's files, unless it has no rows."""
            rows, name = self._rows(work, form.exact), self._file_name(work)
            if manifest := write_files(rows, storage, name, form, batch_config.batch_size):
                yield manifest

        for work in self._run.documents(self.name, self.checkpoint):
            for manifest in self._settled(work, write(work)):
                yield encoding, manifest

    def _file_name(self, work: Work) -> str:
        return f"{work.seller_id}-{self.name}-{work.report_id}"

    def _settled(self, work: Work, made: Iterator[T]) -> Iterator[T]:
        """Yield what is made of a work, then move the bookmark or leave a hole."""
        try:
            if work.error is not None:
                raise work.error
            yield from made
        except SkipWindow as error:
            error.where = error.where or work.describe()
            work.give_up(error)
            self._run.failed(error)
        else:
            self._run.written(work)
        self._run.checkpoints.changed(self.checkpoint)

    def _rows(self, work: Work, exact: Exact) -> Iterator[Block]:
        """Yield the rows of a work's document, or the record of one that is a file."""
        if work.document is None:
            return
        with unpacked(work.document.path) as path:
            file = media_type_of(path) if may_be_files(self._report_type) else None
            if file:
                yield self._kept(work, path, file)
            else:
                yield from self._read(work, replace(work.document, path=path), exact)

    def _kept(self, work: Work, path: Path, media_type: MediaType) -> Block:
        directory = Path(self.config["documents_directory"])
        record = keep_file(path, media_type, directory, self._file_name(work))
        self.add_columns(FILE_COLUMNS)
        self.logger.info(
            "Kept %s, which is %s, in %s", work.describe(), media_type.called, directory
        )
        self.count_document(media_type=media_type.name)
        return with_envelope(record, envelope_of(work), ())

    def _read(self, work: Work, document: ReportDocument, exact: Exact) -> Iterator[Block]:
        table = open_rows(document, self._report_type, self._habits[work.spec.marketplace_ids])
        ignored = self.meet_columns(table.kinds)
        wanted = {
            name
            for name in table.kinds
            if name in self.primary_keys or (name not in ignored and self.is_selected(name))
        }
        envelope = envelope_of(work)
        with RefusedLines(str(work.report_id)) as refused:
            for block in table.blocks(wanted=wanted, exact=exact, refuse=refused.add):
                yield with_envelope(block, envelope, self._report_type.identity.columns)
        tell(self.logger, work, table, document.charset or "none")
        self._tell_of_losses(work, table, refused)
        decoding = table.decoding
        self.count_document(charset=decoding.encoding, charset_rule=decoding.rule)
        self._run.read(table.accounting.rows)

    def _tell_of_losses(self, work: Work, table: Table, refused: RefusedLines) -> None:
        """Say what of a document is in no row."""
        if refused.path:
            what = "%d lines of %s are no rows; they are kept in %s"
            count = table.accounting.refused
            self.logger.warning(what, count, work.describe(), refused.path)
        if self._lists and (unread := table.lists.keys() - self._lists):
            names = ", ".join(sorted(unread))
            self.logger.warning("No stream reads these lists of %s: %s", work.describe(), names)
