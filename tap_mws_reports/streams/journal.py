"""Taking down what happens to the works of a run: in the state, the log and the measures."""

from __future__ import annotations

import logging
from collections.abc import Callable

from tap_mws_reports.retrieval.events import ROUTINE, Event, Happening
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.streams import measures
from tap_mws_reports.streams.watching import Watcher

logger = logging.getLogger(__name__)

_NEW_REQUEST = {Happening.REQUESTED, Happening.ADOPTED, Happening.AGAIN}


class Journal:
    """A `Listener` that takes everything down.

    Args:
        latencies: what the run has learned of how long reports take.
        watcher: shows how the run gets on.
        checkpoint: sees that the state is written; called whenever a report request is new.
    """

    def __init__(
        self, latencies: Latencies, watcher: Watcher, checkpoint: Callable[[Event], None]
    ) -> None:
        self._latencies = latencies
        self._watcher = watcher
        self._checkpoint = checkpoint

    def __call__(self, event: Event) -> None:
        """Take an event down."""
        self._remember(event)
        if event.seconds is not None:
            measures.report_latency(event.work.spec.report_type, event.work.stream, event.seconds)
        words = f" ({event.words})" if event.words else ""
        line = f"{event.happening.value.capitalize()}: {event.work.describe()}{words}"
        level = logging.DEBUG if event.happening in ROUTINE else logging.INFO
        logger.log(level, "%s", line, extra=_facts(event))
        self._watcher.heard(event)
        if event.happening in _NEW_REQUEST:
            self._checkpoint(event)

    def _remember(self, event: Event) -> None:
        work = event.work
        if event.happening in _NEW_REQUEST:
            work.remember()
        if event.happening is Happening.READY:
            work.bookmark.note_latencies(self._latencies.seen(work.spec.report_type))


def _facts(event: Event) -> dict[str, object]:
    """Return an event as the fields of a structured log line.

    None is named ``event``: Meltano hands all of them to structlog, which means the message by it
    (https://www.structlog.org/en/stable/api.html#structlog.typing.FilteringBoundLogger).
    """
    work = event.work
    return {
        "happening": event.happening.name.lower(),
        "seller_id": work.seller_id,
        "stream": work.stream,
        "report_type": work.spec.report_type,
        "window": str(work.span) if work.span else None,
        "report_request_id": work.report_request_id,
        "report_id": work.report_id,
        "seconds": event.seconds,
    }
