"""Completed jobs on their way to the streams."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from tap_mws_reports.retrieval.report_job import ReportJob


class CompletedJobs:
    """The completed jobs of each stream, the oldest window of a stream first.

    Args:
        jobs: all jobs of the run, completed or not.
    """

    def __init__(self, jobs: Iterable[ReportJob]) -> None:
        jobs = list(jobs)
        self._awaited = Counter(job.stream for job in jobs)
        self._ended: defaultdict[str, list[tuple[datetime, int, ReportJob]]] = defaultdict(list)
        self._numbers = count()
        self.put([job for job in jobs if job.phase.ended])

    def put(self, jobs: Iterable[ReportJob]) -> None:
        """Add jobs that have just completed."""
        for job in jobs:
            heappush(self._ended[job.stream], (job.age_key, next(self._numbers), job))

    def expect_again(self, stream: str) -> None:
        """A job that was taken will complete once more."""
        self._awaited[stream] += 1

    def awaits(self, *streams: str) -> bool:
        """Whether one of these streams has not yet received all of its jobs."""
        return any(self._awaited[stream] > 0 for stream in streams)

    def take(self, *streams: str) -> ReportJob | None:
        """Return a completed job of one of these streams, or None if there is none yet.

        Of a stream it is the one with the oldest window; of several such jobs, the one that was
        completed first.
        """
        ready = [stream for stream in streams if self._ended[stream]]
        if not ready:
            return None
        stream = min(ready, key=lambda each: self._ended[each][0][1])
        self._awaited[stream] -= 1
        _, _, job = heappop(self._ended[stream])
        job.mark_delivered()
        return job
