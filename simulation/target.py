"""A model of a target: it commits up to a STATE, and a kill leaves a part of the later rows."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import msgspec

Message = Mapping[str, Any]
Key = tuple[Any, ...]

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
"""Decodes numbers with their digits; five times as fast as `json`."""


class ModelTarget:
    """Tables by key, and every row that was ever in them.

    Args:
        rng: decides at which STATE it commits, and what a kill leaves.
        flushes: the probability with which it commits at a STATE.
    """

    def __init__(self, rng: random.Random, flushes: float) -> None:
        self._rng = rng
        self._flushes = flushes
        self._pending: list[Message] = []
        self._keys: dict[str, tuple[str, ...]] = {}
        self.state: dict[str, Any] | None = None
        self.states: list[dict[str, Any]] = []
        self.tables: dict[str, dict[Key, dict[str, Any]]] = defaultdict(dict)
        self.history: dict[str, list[tuple[Key, dict[str, Any]]]] = defaultdict(list)

    def receive(self, line: bytes) -> None:
        """Take in a line of the tap's output."""
        message: Message = _decode(line)
        self._pending.append(message)
        if message["type"] == "STATE":
            self.states.append(message["value"])
            if self._rng.random() < self._flushes:
                self.commit()

    def commit(self) -> None:
        """Load everything received, and return its last state, as at the end of the input."""
        for message in self._pending:
            self._load(message)
        states = [each["value"] for each in self._pending if each["type"] == "STATE"]
        self.state = states[-1] if states else self.state
        self._pending.clear()

    def killed(self) -> None:
        """Load a part of the rows since the last commit, without a state."""
        kept = self._rng.randint(0, len(self._pending))
        for message in self._pending[:kept]:
            self._load(message)
        self._pending.clear()

    def _load(self, message: Message) -> None:
        stream = message.get("stream", "")
        if message["type"] == "SCHEMA":
            self._keys[stream] = tuple(message["key_properties"])
        elif message["type"] == "RECORD":
            self._merge(stream, [message["record"]])
        elif message["type"] == "BATCH":
            self._merge(stream, _batch(message["manifest"]))

    def _merge(self, stream: str, records: Iterable[dict[str, Any]]) -> None:
        for record in records:
            key = tuple(_hashable(record[name]) for name in self._keys[stream])
            self.tables[stream][key] = record
            self.history[stream].append((key, record))


def _batch(manifest: Iterable[str]) -> Iterator[dict[str, Any]]:
    for address in manifest:
        content = gzip.decompress(Path(unquote(urlparse(address).path)).read_bytes())
        for line in content.splitlines():
            yield _decode(line)


def _hashable(value: Any) -> Any:  # noqa: ANN401 - any value of JSON
    return json.dumps(value, default=str) if isinstance(value, list | dict) else value


class OlderTarget(ModelTarget):
    """A target that keeps the rows up to the n-th STATE of the first run, and drops the rest.

    Args:
        number: which STATE, counted from 0.
    """

    def __init__(self, number: int) -> None:
        super().__init__(random.Random(number), 0.0)
        self._number: int | None = number

    def commit(self) -> None:
        """Load the received rows, of the first run only a part."""
        if self._number is not None:
            places = [n for n, each in enumerate(self._pending) if each["type"] == "STATE"]
            del self._pending[places[self._number] + 1 :]
            self._number = None
        super().commit()
