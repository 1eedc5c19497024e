"""How long reports take: as long as Amazon's, or a few seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class LatencyProfile:
    """Seconds from submission to start and from start to end: least, usual, most."""

    name: str
    to_start: tuple[float, float, float]
    to_end: tuple[float, float, float]

    def draw(self, rng: random.Random, report_type: str) -> tuple[timedelta, timedelta]:
        """Return how long one report waits, and how long it is worked on; all types alike."""
        del report_type
        return _draw(rng, self.to_start), _draw(rng, self.to_end)


def _draw(rng: random.Random, bounds: tuple[float, float, float]) -> timedelta:
    least, usual, most = bounds
    return timedelta(seconds=round(rng.triangular(least, most, usual), 3))


# `real` follows the processing times in recordings of the live service: seconds where sellers are
# small, half an hour where they are large.
LATENCY_PROFILES: dict[str, LatencyProfile] = {
    pace.name: pace
    for pace in (
        LatencyProfile("fast", (0.1, 0.3, 0.6), (0.3, 0.6, 1.0)),
        LatencyProfile("real", (4, 20, 560), (30, 120, 2100)),
    )
}
