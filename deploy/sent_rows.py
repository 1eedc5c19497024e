"""What a tap sent, by key: the measure for what has to be in the tables.

A key counts once, however often its row was sent, as it does in a table that is loaded by key.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from typing import Any

RECORD = b'{"type":"RECORD"'
SCHEMA = b'{"type":"SCHEMA"'
REPORT = ("_seller_id", "_report_id")
"""The columns of every row of a report: whose report it is from."""


class SentRows:
    """Counts the rows of reports in Singer messages; another thread may take the count."""

    def __init__(self) -> None:
        self._keys: dict[str, list[str]] = {}
        self._rows: defaultdict[str, set[str]] = defaultdict(set)
        self._reports: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._lock = threading.Lock()

    def count(self, line: bytes) -> None:
        """Count a message. Streams that are not rows of reports are left out."""
        if line.startswith(RECORD):
            message = json.loads(line)
            keys = self._keys.get(message["stream"])
            if keys is None:
                return
            record = message["record"]
            with self._lock:
                self._rows[message["stream"]].add(_hash([record[name] for name in keys]))
                self._reports[message["stream"]].add((record[REPORT[0]], record[REPORT[1]]))
        elif line.startswith(SCHEMA):
            message = json.loads(line)
            if {*REPORT} <= message["schema"]["properties"].keys():
                self._keys[message["stream"]] = message["key_properties"]

    def take(self) -> str:
        """Return what was counted since the last time, as JSON."""
        with self._lock:
            rows, self._rows = self._rows, defaultdict(set)
            reports, self._reports = self._reports, defaultdict(set)
        return json.dumps(
            {
                stream: {"rows": sorted(keys), "reports": sorted(reports[stream])}
                for stream, keys in rows.items()
            }
        )


def _hash(key: list[Any]) -> str:
    return hashlib.blake2b(json.dumps(key).encode(), digest_size=8).hexdigest()
