"""When the first rows of each stream leave, if the reports of one type take long.

``python -m benchmarks.first_rows`` prints the seconds of a run of three types: of the first, in the
order of their names, a report takes 10 minutes, of the others 10 seconds and a minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from benchmarks.virtual_run import Lognormal, VirtualRun

PACE = {
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_": 600.0,
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_": 10.0,
    "_GET_SELLER_FEEDBACK_DATA_": 60.0,
}
"""The seconds that a report takes, by its type."""

_RECORD = re.compile(rb'{"type":"RECORD","stream":"([^"]+)"')


class FirstRows:
    """Notes when the first and the last rows of each stream leave a run, in seconds."""

    def __init__(self, run: VirtualRun) -> None:
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self._clock, self._began = run.clock, run.clock.now()
        run.observe = self._observe

    def _observe(self, data: bytes) -> None:
        seconds = (self._clock.now() - self._began).total_seconds()
        for name in _RECORD.findall(data):
            self.first.setdefault(name.decode(), seconds)
            self.last[name.decode()] = seconds


def measure(
    pace: Mapping[str, float] = PACE, reports: int = 3, sellers: int = 1, api: str = "sp_api"
) -> FirstRows:
    """Run over as many reports of each seller, and return when their rows have left."""
    run = VirtualRun(Lognormal(pace, 0.0), sellers, api, report_types=tuple(pace))
    run.want(reports)
    rows = FirstRows(run)
    run.run()
    return rows


if __name__ == "__main__":
    for api in ("sp_api", "mws"):
        print(api, json.dumps(measure(api=api).first))
