"""Shards: fixed parts of the sellers, so that several processes read them at the same time.

A shard is a group of sellers, because quotas and credentials are those of a seller: two processes
that read one seller would share its quotas.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

MOST_SHARDS = 10_000
"""As many children as an array job of AWS Batch may have
(https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html)."""

_TEXT = re.compile(r"\s*(\d{1,5})\s*/\s*(\d{1,5})\s*")


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard ``index`` of ``count``, written ``index/count``.

    The index counts from 0, as `JOB_COMPLETION_INDEX` of Kubernetes and
    `AWS_BATCH_JOB_ARRAY_INDEX` of AWS Batch do.
    """

    index: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_SHARDS:
            raise ValueError(f"{self.count} is not a number of shards: 1 to {MOST_SHARDS}")
        if not 0 <= self.index < self.count:
            raise ValueError(f"{self.count} shards are numbered from 0 to {self.count - 1}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``index/count``.

        Raises:
            ValueError: it is something else, or there is no such shard.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a shard, such as `0/16`")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        """Render the shard as the setting has it."""
        return f"{self.index}/{self.count}"

    def has(self, seller_id: str) -> bool:
        """Whether a seller belongs to the shard."""
        return shard_index(seller_id, self.count) == self.index


def shard_index(seller_id: str, count: int) -> int:
    """Return the index of a seller's shard: the same on every machine and in every release."""
    digest = hashlib.sha256(seller_id.encode()).digest()
    return int.from_bytes(digest[:8]) % count
