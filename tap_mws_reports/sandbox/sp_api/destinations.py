"""Destinations of notifications: the queues of an application, which belong to no seller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tap_mws_reports.sandbox.ids import Uuids

_ARN = re.compile(r"arn:aws:sqs:(?P<region>[^:]+):(?P<account>[^:]+):(?P<name>[^:]+)")


@dataclass(frozen=True, slots=True)
class Destination:
    """A queue under a name."""

    destination_id: str
    name: str
    arn: str

    @property
    def queue_url(self) -> str:
        """Return the address of the queue."""
        found = _ARN.fullmatch(self.arn)
        if found is None:
            return self.arn
        return f"https://sqs.{found['region']}.amazonaws.com/{found['account']}/{found['name']}"


@dataclass(slots=True)
class Destinations:
    """All destinations by their ids, and the ids of those and of subscriptions to come."""

    by_id: dict[str, Destination] = field(default_factory=dict)
    ids: Uuids = field(default_factory=lambda: Uuids("destinations"))

    def add(self, name: str, arn: str) -> Destination:
        """Return a new destination."""
        new = Destination(self.ids.take(), name, arn)
        self.by_id[new.destination_id] = new
        return new
