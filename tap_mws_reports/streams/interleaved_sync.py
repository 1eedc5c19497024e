"""Sync streams at the same time: each continues when one of its documents is ready.

The Singer SDK syncs a stream in one call, from its SCHEMA to its last record, whether the records
are written in blocks, one by one, or as BATCH files. Here each such call is a greenlet, which is
suspended whenever it requests its next document. So a slow stream does not hold up the others, and
only one document is read at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context

from greenlet import GreenletExit, getcurrent, greenlet

from tap_mws_reports.retrieval.report_job import ReportJob


class InterleavedSync:
    """The syncs of some streams.

    Args:
        syncs: syncs each stream, by its name; it takes its documents from `documents`.
    """

    def __init__(self, syncs: Mapping[str, Callable[[], None]]) -> None:
        self._syncs = {name: greenlet(sync) for name, sync in syncs.items()}

    def run(
        self, documents: Callable[..., Iterator[ReportJob]], awaits: Callable[[str], bool]
    ) -> None:
        """Begin all streams, in their order, then pass on each document when it is ready.

        A stream has finished a document when it requests the next one from ``documents``. An error
        in one stream ends all of them.

        Args:
            documents: yields the completed jobs of the streams that it is given.
            awaits: whether there will be another job of a stream.
        """
        try:
            for name in self._syncs:
                self._resume(name)
            for job in documents(*self._syncs):
                self._resume(job.stream, job)
                if not awaits(job.stream):
                    self._resume(job.stream)
            for name in self._syncs:
                self._resume(name)
        finally:
            for suspended in filter(None, self._syncs.values()):
                suspended.throw(GreenletExit)

    def documents(self, stream: str) -> Iterator[ReportJob]:
        """Yield the documents of a stream to its sync, which is suspended until they are ready."""
        while (job := self._syncs[stream].parent.switch()) is not None:
            yield job

    def _resume(self, name: str, job: ReportJob | None = None) -> None:
        """Resume a stream until it requests its next document; None means there are no more."""
        sync = self._syncs[name]
        if sync.dead:
            return
        if not sync:  # it has not begun
            sync.gr_context = copy_context()
            sync.parent = getcurrent()
            sync.switch()
        else:
            sync.switch(job)
