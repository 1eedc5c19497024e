"""The keys that a tap wrote, which must be in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Key = tuple[str, ...]


@dataclass
class Sent:
    """Singer messages, counted, by stream.

    ``keys`` are the key columns, ``moments`` those columns that hold a date and time, ``rows`` the
    keys of the records, as a database without time zones writes them.
    """

    keys: dict[str, list[str]] = field(default_factory=dict)
    moments: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, set[Key]] = field(default_factory=dict)

    @property
    def streams(self) -> list[str]:
        """Return the streams that had a record."""
        return sorted(self.rows)

    def count(self, message: Mapping[str, Any]) -> None:
        """Count a message; of records with one key the last counts, as it does in the table."""
        if message["type"] == "SCHEMA":
            self._describe(message)
        elif message["type"] == "RECORD":
            stream, record = message["stream"], message["record"]
            key = tuple(
                self._written(stream, column, record[column]) for column in self.keys[stream]
            )
            self.rows.setdefault(stream, set()).add(key)

    def _describe(self, message: Mapping[str, Any]) -> None:
        properties = message["schema"]["properties"]
        stream = message["stream"]
        self.keys[stream] = message["key_properties"]
        self.moments[stream] = {
            column for column, kind in properties.items() if kind.get("format") == "date-time"
        }

    def _written(self, stream: str, column: str, value: object) -> str:
        if column in self.moments[stream]:
            moment = datetime.fromisoformat(str(value)).astimezone(UTC)
            return str(moment.replace(tzinfo=None))
        return str(value)


def missing(stream: str, sent: Sent, there: set[Key]) -> list[Key]:
    """Return the keys of the records that were sent and are missing."""
    return sorted(sent.rows.get(stream, set()) - there)
