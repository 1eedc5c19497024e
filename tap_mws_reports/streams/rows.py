"""One stream of parsed rows for each configured report type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from singer_sdk import Tap
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.helpers.types import Context

from tap_mws_reports.configuration import ReportSetting
from tap_mws_reports.dates import render_date
from tap_mws_reports.documents import Block, Exact, Habits, Table, open_table
from tap_mws_reports.errors import NewColumns, SkipWindow, UnreadableDocument
from tap_mws_reports.report_types import Kind, ReportType, json_schema
from tap_mws_reports.retrieval.bookmarks import Bookmark, partition_state
from tap_mws_reports.retrieval.windows import WindowRule
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand
from tap_mws_reports.streams.batch_files import write_files
from tap_mws_reports.streams.batch_format import Format
from tap_mws_reports.streams.batch_formats import make_format
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
    """The rows of one report type, document after document."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    """The documents room types every value; the SDK's pass would only drop new columns."""

    replication_key = "_data_end"

    def __init__(
        self, tap: Tap, run: Run, report_type: ReportType, sources: tuple[Source, ...]
    ) -> None:
        self._run = run
        self._report_type = report_type
        self._sources = sources
        super().__init__(tap, schema=row_schema(report_type), name=report_type.stream)
        self.primary_keys = primary_keys(
            report_type, keep_snapshots=bool(self.config.get("keep_snapshots"))
        )

    @property
    def partitions(self) -> None:
        """Return None: all partitions share one work list, so the SDK must not walk them."""

    def recall_columns(self) -> None:
        """Put columns that earlier runs met into the schema, so that it does not shrink again."""
        met: list[str] = self.stream_state.get(_MET, [])
        if met and self.config.get("new_columns") != "ignore":
            self.grow_schema({name: json_schema(Kind.TEXT) for name in met})

    def demands(self) -> Iterator[Demand]:
        """Yield what each partition of the stream wants of Amazon."""
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
        for work in self._run.documents(self.name, self.checkpoint):
            for manifest in self._settled(work, self._manifests(work, batch_config, form)):
                yield encoding, manifest

    def _manifests(self, work: Work, config: BatchConfig, form: Format) -> Iterator[list[str]]:
        """Yield the addresses of a document's files, unless it has no rows."""
        name = f"{self._run.seller_id}-{self.name}-{work.report_id}"
        if manifest := write_files(self._rows(work, form.exact), config, name, form):
            yield manifest

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
            work.finish()
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
        table = self._open(work)
        if table is None:
            return
        ignored = self._meet(table)
        wanted = {
            name
            for name in table.kinds
            if name in self.primary_keys or (name not in ignored and self.is_selected(name))
        }
        envelope = self._envelope(work)
        with RefusedLines(str(work.report_id)) as refused:
            for block in table.blocks(wanted=wanted, exact=exact, refuse=refused.add):
                yield with_envelope(block, envelope, self._report_type.identity.columns)
        self._tell(work, table, refused)

    def _tell(self, work: Work, table: Table, refused: RefusedLines) -> None:
        """Say what became of a document."""
        encoding, rule = table.decoding.encoding, table.decoding.rule
        counts = table.accounting
        self.logger.info("Read %s: %s, %s (%s)", work.describe(), counts, encoding, rule)
        if refused.path:
            what = "%d lines of %s are no rows; they are kept in %s"
            self.logger.warning(what, counts.refused, work.describe(), refused.path)
        self._run.read(counts.rows)
        self.count_document(charset=encoding, charset_rule=rule)

    def _open(self, work: Work) -> Table | None:
        """Open the document of a work, or return None when there is none."""
        if work.document is None:
            return None
        source = next(
            each for each in self._sources if each.marketplace_ids == work.spec.marketplace_ids
        )
        table = open_table(
            work.document.path,
            report_type=self._report_type,
            charset=work.document.charset,
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

    def _meet(self, table: Table) -> frozenset[str]:
        """Deal with columns nobody has seen before; return those to leave out."""
        known = self.effective_schema["properties"]
        new = {name: json_schema(kind) for name, kind in table.kinds.items() if name not in known}
        policy = self.config.get("new_columns", "add")
        if new and policy == "fail":
            what = f"The document has columns that are not in the schema: {', '.join(new)}."
            raise NewColumns(what, hint="set `new_columns` to `add` or `ignore`")
        if policy == "ignore":
            return frozenset(new)
        if new:
            self.logger.info("New columns in %s: %s", self.name, ", ".join(new))
            self.grow_schema(new)
            self.announce_schema()
            self.stream_state[_MET] = sorted({*self.stream_state.get(_MET, []), *new})
        return frozenset()
