"""What the user decides about retrieval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Order = Literal["slowest", "newest"]


@dataclass(frozen=True, slots=True)
class RetrievalPolicy:
    """How reports are asked for.

    ``order`` says which go first, ``retries`` how often a cancelled report is asked for again,
    ``max_wait`` after how long one that is not ready is left to a later run, ``most_open`` how
    many requests may be open at a time (None: as many as the quotas allow), ``acknowledge`` whether
    Amazon is told which reports were read, ``retry_failed_days`` for how many days after its first
    failure a window is retried.
    """

    order: Order = "slowest"
    retries: int = 2
    retry_failed_days: int = 7
    max_wait: timedelta = timedelta(hours=6)
    most_open: int | None = None
    acknowledge: bool = False
