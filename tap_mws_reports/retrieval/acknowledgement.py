"""Telling Amazon which reports have been fetched: one run later, when their rows are safe.

A state that comes back was stored by whoever stored the rows. Before that nobody knows whether the
rows have arrived, so a report that is marked as fetched too early may be lost.
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
    """Mark the reports that the given state says were written; return how many.

    To be called before anything is read in this run. A batch that Amazon refuses, such as one with
    a report it no longer keeps, is dropped with a warning: nothing is lost by that.
    """
    # The parts of one report are streams of their own, and each remembers it.
    wanted = iter(dict.fromkeys(each for bookmark in bookmarks for each in bookmark.to_acknowledge))
    count = 0
    while batch := list(islice(wanted, service.acknowledge_batch_size)):
        try:
            count += len(service.acknowledge(batch))
        except RequestRefused as error:
            logger.warning("%d reports could not be acknowledged: %s", len(batch), error)
        for bookmark in bookmarks:
            bookmark.forget_acknowledged(batch)
    return count
