"""Opening a downloaded document, what its rows share, and what is told of it in the log."""

from __future__ import annotations

from logging import Logger
from typing import Any

from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.dates import render_date
from tap_mws_reports.documents import Habits, Table, Timestamps, open_table
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.work import Work


def open_rows(
    document: ReportDocument, report_type: ReportType, habits: Habits, timestamps: Timestamps
) -> Table:
    """Open a document of rows.

    Raises:
        UnreadableDocument: it is none, or its rows could not be told apart.
    """
    table = open_table(
        document.path,
        report_type=report_type,
        charset=document.charset,
        habits=habits,
        timestamps=timestamps,
    )
    if table.missing_identity:
        names = ", ".join(table.missing_identity)
        what = f"The document lacks {names}, by which its rows are told apart."
        raise UnreadableDocument(what, hint="report this: Amazon may have renamed the column")
    return table


def envelope_of(work: Work) -> dict[str, Any]:
    """Return the columns that all rows of a work's document share."""
    start, end = work.data_start, work.data_end
    return {
        "_seller_id": work.seller_id,
        "_marketplace_ids": ",".join(sorted(work.spec.marketplace_ids)),
        "_report_type": work.spec.report_type,
        "_report_id": work.report_id,
        "_data_start": render_date(start) if start else None,
        "_data_end": render_date(end) if end else None,
    }


def tell(logger: Logger, work: Work, table: Table, announced: str) -> None:
    """Say how many lines became rows, in which charset, and by which rule.

    Args:
        logger: the stream's.
        work: whose document was read.
        table: the document, read to its end.
        announced: the charset that Amazon announced.
    """
    encoding, rule = table.decoding.encoding, table.decoding.rule
    charset = f"charset {encoding} (rule {rule}, announced {announced})"
    logger.info("Read %s: %s, %s", work.describe(), table.accounting, charset)
    if rule == "mixed":
        what = "Some bytes of %s are no %s; they are read as windows-1252"
        logger.warning(what, work.describe(), encoding)
