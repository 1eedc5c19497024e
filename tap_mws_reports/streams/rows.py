"""One stream of parsed rows for each configured report type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from singer_sdk import Tap
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.helpers.types import Context

from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.configuration import ReportSetting
from tap_mws_reports.dates import render_date
from tap_mws_reports.documents import (
    Block,
    Exact,
    Habits,
    MediaType,
    Table,
    media_type_of,
    open_table,
    unpacked,
)
from tap_mws_reports.errors import NewColumns, SkipWindow, UnreadableDocument
from tap_mws_reports.report_types import Kind, ReportType, json_schema
from tap_mws_reports.retrieval.bookmarks import Bookmark, asked_otherwise, partition_state
from tap_mws_reports.retrieval.state_check import check_stream_state, migrate
from tap_mws_reports.retrieval.windows import WindowRule
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand
from tap_mws_reports.streams.batch_files import write_files
from tap_mws_reports.streams.batch_formats import make_format
from tap_mws_reports.streams.batch_storage import Storage
from tap_mws_reports.streams.kept_files import FILE_COLUMNS, keep_file, may_be_files
from tap_mws_reports.streams.messages import BlockStream
from tap_mws_reports.streams.refused import RefusedLines
from tap_mws_reports.streams.row_schema import primary_keys, row_schema, with_envelope
from tap_mws_reports.streams.run import Run

T = TypeVar("T")

LONGEST_WINDOW = timedelta(days=30)
"""For a range type whose limit Amazon does not tell."""

_MET = "columns"
"""Where the state of a stream lists the columns that documents had and no entry knows."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of ``reports`` and the marketplaces it speaks of: a partition of a row stream."""

    setting: ReportSetting
    marketplace_ids: tuple[str, ...]
    habits: Habits


class ReportRows(BlockStream):
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
        self._lists = lists
        super().__init__(tap, schema=row_schema(report_type), name=report_type.stream)
        self.primary_keys = primary_keys(
            report_type, keep_snapshots=bool(self.config.get("keep_snapshots"))
        )

    @property
    def partitions(self) -> None:
        """Return None: all partitions share one work list, so the SDK must not walk them."""

    def take_state_over(self) -> None:
        """Check the state that was given, bring it into today's form, and recall its columns.

        Raises:
            StateError: it cannot be used.
        """
        state, seller_id = self.stream_state, self._run.seller_id
        check_stream_state(self.name, state, {seller_id}, self._run.clock.now())
        partitions = [(seller_id, source.marketplace_ids) for source in self._sources]
        if read_until := migrate(state, partitions, self._run.start):
            what = "The state of %s is a bare date; rows until %s count as read"
            self.logger.warning(what, self.name, read_until.isoformat())
        self._recall_columns()

    def _recall_columns(self) -> None:
        """Put columns that earlier runs met into the schema, so that it does not shrink again."""
        met: list[str] = self.stream_state.get(_MET, [])
        # All columns of files together were not met in a header.
        files = FILE_COLUMNS if FILE_COLUMNS.keys() <= {*met} else {}
        if met and self.config.get("new_columns") != "ignore":
            self.grow_schema({name: json_schema(files.get(name, Kind.TEXT)) for name in met})

    def demands(self) -> Iterator[Demand]:
        """Yield what each partition of the stream wants of Amazon."""
        sets = [source.marketplace_ids for source in self._sources]
        changed = asked_otherwise(self.stream_state, self._run.seller_id, sets)
        for source in self._sources:
            state = partition_state(self.stream_state, self._run.seller_id, source.marketplace_ids)
            yield Demand(
                stream=self.name,
                seller_id=self._run.seller_id,
                report_type=self._report_type.name,
                kind=self._report_type.kind,
                rule=self._rule(source.setting),
                start=self._run.start,
                end=self._run.end,
                marketplace_ids=source.marketplace_ids,
                options=source.setting.options,
                bookmark=Bookmark(state),
                one_marketplace=self._report_type.one_marketplace,
                asked_otherwise=changed,
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
        return f"{self._run.seller_id}-{self.name}-{work.report_id}"

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
        self.checkpoint()

    def _rule(self, setting: ReportSetting) -> WindowRule:
        known = self._report_type
        longest = timedelta(days=known.max_days) if known.max_days else LONGEST_WINDOW
        if setting.window_days:
            longest = min(longest, timedelta(days=setting.window_days))
        lookback = setting.lookback_days
        return WindowRule(
            longest=longest,
            cooldown=timedelta(minutes=known.cooldown_minutes or 0),
            lookback=timedelta(days=known.lookback_days_default if lookback is None else lookback),
            oldest=timedelta(days=known.lookback_limit_days) if known.lookback_limit_days else None,
        )

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
        self._add(self._unknown(FILE_COLUMNS))
        self.logger.info(
            "Kept %s, which is %s, in %s", work.describe(), media_type.called, directory
        )
        self.count_document(media_type=media_type.name)
        return with_envelope(record, self._envelope(work), ())

    def _read(self, work: Work, document: ReportDocument, exact: Exact) -> Iterator[Block]:
        table = self._open(work, document)
        ignored = self._meet(table.kinds)
        wanted = {
            name
            for name in table.kinds
            if name in self.primary_keys or (name not in ignored and self.is_selected(name))
        }
        envelope = self._envelope(work)
        with RefusedLines(str(work.report_id)) as refused:
            for block in table.blocks(wanted=wanted, exact=exact, refuse=refused.add):
                yield with_envelope(block, envelope, self._report_type.identity.columns)
        self._tell(work, table, refused, document.charset or "none")

    def _tell(self, work: Work, table: Table, refused: RefusedLines, announced: str) -> None:
        """Say what became of a document."""
        encoding, rule = table.decoding.encoding, table.decoding.rule
        counts = table.accounting
        charset = f"charset {encoding} (rule {rule}, announced {announced})"
        self.logger.info("Read %s: %s, %s", work.describe(), counts, charset)
        if rule == "mixed":
            what = "Some bytes of %s are no %s; they are read as windows-1252"
            self.logger.warning(what, work.describe(), encoding)
        if refused.path:
            what = "%d lines of %s are no rows; they are kept in %s"
            self.logger.warning(what, counts.refused, work.describe(), refused.path)
        if self._lists and (unread := table.lists.keys() - self._lists):
            names = ", ".join(sorted(unread))
            self.logger.warning("No stream reads these lists of %s: %s", work.describe(), names)
        self._run.read(counts.rows)
        self.count_document(charset=encoding, charset_rule=rule)

    def _open(self, work: Work, document: ReportDocument) -> Table:
        source = next(
            each for each in self._sources if each.marketplace_ids == work.spec.marketplace_ids
        )
        table = open_table(
            document.path,
            report_type=self._report_type,
            charset=document.charset,
            habits=source.habits,
        )
        if table.missing_identity:
            names = ", ".join(table.missing_identity)
            what = f"The document lacks {names}, by which its rows are told apart."
            raise UnreadableDocument(what, hint="report this: Amazon may have renamed the column")
        return table

    def _envelope(self, work: Work) -> dict[str, Any]:
        start, end = work.data_start, work.data_end
        return {
            "_seller_id": self._run.seller_id,
            "_marketplace_ids": ",".join(sorted(work.spec.marketplace_ids)),
            "_report_type": work.spec.report_type,
            "_report_id": work.report_id,
            "_data_start": render_date(start) if start else None,
            "_data_end": render_date(end) if end else None,
        }

    def _meet(self, kinds: Mapping[str, Kind]) -> frozenset[str]:
        """Deal with columns nobody has seen before; return those to leave out."""
        new = self._unknown(kinds)
        policy = self.config.get("new_columns", "add")
        if new and policy == "fail":
            what = f"The document has columns that are not in the schema: {', '.join(new)}."
            raise NewColumns(what, hint="set `new_columns` to `add` or `ignore`")
        if policy == "ignore":
            return frozenset(new)
        self._add(new)
        return frozenset()

    def _unknown(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        known = self.effective_schema["properties"]
        return {name: kind for name, kind in kinds.items() if name not in known}

    def _add(self, new: Mapping[str, Kind]) -> None:
        """Announce columns that the schema does not have, and remember them for later runs."""
        if new:
            self.logger.info("New columns in %s: %s", self.name, ", ".join(new))
            self.grow_schema({name: json_schema(kind) for name, kind in new.items()})
            self.announce_schema()
            self.stream_state[_MET] = sorted({*self.stream_state.get(_MET, []), *new})
