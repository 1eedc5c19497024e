"""Acknowledge reports one run after they were read, when their rows are stored.

The target stores the state together with the rows. Only when the state comes back with the next run
is it certain that the rows arrived; a report acknowledged earlier may be lost.
Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UpdateReportAcknowledgements.html
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice

from tap_mws_reports.api.interface import ReportService
from tap_mws_reports.errors import RequestRefused
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

logger = logging.getLogger(__name__)


def acknowledge_reports(bookmarks: Sequence[Bookmark], service: ReportService) -> int:
    """Acknowledge the reports that the given state lists as written; return how many.

    Call this before this run reads anything. A batch that Amazon refuses, such as one with a report
    that Amazon no longer keeps, is dropped with a warning. No data is lost.
    """
    # Several streams may read parts of one report; each lists it in its bookmark.
    pending = iter(
        dict.fromkeys(each for bookmark in bookmarks for each in bookmark.to_acknowledge)
    )
    count = 0
    while batch := list(islice(pending, service.acknowledge_batch_size)):
        try:
            count += len(service.acknowledge(batch))
        except RequestRefused as error:
            logger.warning("Could not acknowledge %d reports: %s", len(batch), error)
        for bookmark in bookmarks:
            bookmark.remove_acknowledged(batch)
    return count
