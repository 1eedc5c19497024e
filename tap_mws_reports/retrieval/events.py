"""What happens to the works of a run, for whoever shows or counts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tap_mws_reports.retrieval.work import Work


class Happening(Enum):
    """What can happen to a work."""

    REQUESTED = "requested"
    ADOPTED = "taken over"
    READY = "ready"
    DOWNLOADED = "downloaded"
    EMPTY = "without data"
    AGAIN = "to be asked for again"
    GIVEN_UP = "given up"


ROUTINE = frozenset({Happening.REQUESTED, Happening.READY, Happening.DOWNLOADED})
"""What happens to every report on its way. The log has it for `DEBUG` alone, and one line once the
report has been read."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a work, and words about it where there are some.

    ``seconds`` is how long Amazon took from the report request on, once it is done.
    """

    happening: Happening
    work: Work
    moment: datetime
    words: str = ""
    seconds: float | None = None


Listener = Callable[[Event], None]
