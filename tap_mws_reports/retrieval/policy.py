"""The user's settings of retrieval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Order = Literal["slowest", "newest"]


@dataclass(frozen=True, slots=True)
class RetrievalPolicy:
    """How reports are requested."""

    order: Order = "slowest"
    """Which reports are requested first."""
    retries: int = 2
    """How often a cancelled report is requested again."""
    retry_failed_days: int = 7
    """For how many days after its first failure a window is retried."""
    max_wait: timedelta = timedelta(hours=6)
    """After how long a report that is not ready is left to a later run."""
    horizon: timedelta = timedelta(hours=24)
    """How long after its start a run requests reports of types with a limit; what cannot be
    requested by then is left for the next run."""
    most_open: int | None = None
    """How many requests may be open at a time; None for as many as the quotas allow."""
    acknowledge: bool = False
    """Whether reports are acknowledged after they were read."""
