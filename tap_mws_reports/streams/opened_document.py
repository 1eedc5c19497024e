"""Open the document of a job, and log which parts of it were read and which were not."""

from __future__ import annotations

import json
from logging import Logger
from typing import Any

from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.timestamps import format_timestamp
from tap_mws_reports.documents import (
    MarketplaceFormat,
    RecordBatch,
    Table,
    Timestamps,
    open_table,
)
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.streams.rejected_lines import RejectedLinesFile


def open_document(
    document: ReportDocument,
    report_type: ReportType,
    marketplace_format: MarketplaceFormat,
    timestamps: Timestamps,
) -> Table:
    """Open a document with rows.

    Raises:
        UnreadableDocument: it has no rows, or lacks columns that identify them.
    """
    table = open_table(
        document.path,
        report_type=report_type,
        charset=document.charset,
        marketplace_format=marketplace_format,
        timestamps=timestamps,
        proved=document.proved,
    )
    if table.missing_identity:
        names = ", ".join(table.missing_identity)
        what = f"The document lacks {names}, which identify its rows."
        raise UnreadableDocument(what, hint="report this: Amazon may have renamed the column")
    return table


def envelope_columns(job: ReportJob) -> dict[str, Any]:
    """Return the envelope columns, which all rows of a document share."""
    start, end = job.data_start, job.data_end
    return {
        "_seller_id": job.seller_id,
        "_marketplace_ids": ",".join(sorted(job.spec.marketplace_ids)),
        "_report_type": job.spec.report_type,
        "_report_id": job.report_id,
        "_data_start": format_timestamp(start) if start else None,
        "_data_end": format_timestamp(end) if end else None,
    }


def unparsed_cells(block: RecordBatch) -> int:
    """Return the number of cells of a block that do not have the kind of their column.

    ``_unparsed`` has the cells of a row as a JSON object; most blocks have none.
    """
    if "_unparsed" not in block.names:
        return 0
    texts: Any = block.columns[block.names.index("_unparsed")]
    if hasattr(texts, "drop_null"):  # an Arrow array
        texts = texts.drop_null().to_pylist()
    return sum(len(json.loads(text)) for text in texts if text)


def log_document(logger: Logger, job: ReportJob, table: Table, announced: str) -> None:
    """Log the line counts of a document, its charset, and the rule that chose it.

    Args:
        logger: the logger of the stream.
        job: the job of the document.
        table: the document, read completely.
        announced: the charset announced by Amazon.
    """
    encoding, rule = table.decoding.encoding, table.decoding.rule
    charset = f"charset {encoding} (rule {rule}, announced {announced})"
    logger.info("Read %s: %s, %s", job.describe(), table.counts, charset)
    for decision in table.decisions:
        logger.info("In %s, %s", job.describe(), decision)
    if rule == "mixed":
        what = "Some bytes of %s are not %s; they are read as windows-1252"
        logger.warning(what, job.describe(), encoding)


def log_unread(
    logger: Logger,
    job: ReportJob,
    table: Table,
    rejected: RejectedLinesFile,
    lists: frozenset[str],
) -> None:
    """Log the parts of a document that are in no row.

    Args:
        logger: the logger of the stream.
        job: the job of the document.
        table: the document, read completely.
        rejected: its rejected lines.
        lists: the paths of all lists that streams read; empty if there is one table.
    """
    if rejected.path:
        what = "Rejected %d lines of %s (%s); they are kept in %s"
        counts = table.counts
        reasons = ", ".join(f"{reason}: {n}" for reason, n in sorted(counts.rejections.items()))
        logger.warning(what, counts.rejected, job.describe(), reasons, rejected.path)
    if lists and (unread := table.lists.keys() - lists):
        names = ", ".join(sorted(unread))
        logger.warning("No stream reads these lists of %s: %s", job.describe(), names)
