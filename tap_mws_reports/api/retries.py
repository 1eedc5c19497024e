"""Retries with exponential backoff and full jitter, within the quota of the operation.

A broken connection, a 500 or a 503 is retried a few times. Waiting for a quota is not a retry; when
a quota stays used up for longer than any quota of Amazon's can, the call fails.

Sources: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html and
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import backoff

from tap_mws_reports import errors
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.quota import Budget

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
MAX_BACKOFF = 30.0
MAX_THROTTLING = timedelta(hours=2)

QuotaWait = Callable[[str, float], None]
"""Called before a wait for a quota, with the operation and the seconds."""

T = TypeVar("T")


def no_op(operation: str, seconds: float) -> None:
    """Do nothing."""


def to_host_unreachable(error: errors.ConnectionBroken) -> errors.HostUnreachable:
    """Return the error to raise when the last attempt has failed, too."""
    return errors.HostUnreachable(
        f"{error.what}, at every attempt",
        hint="check the network, the proxy and endpoint_url, then run again",
    )


@dataclass(frozen=True, slots=True)
class Retrier:
    """Repeats attempts; sleeps by ``clock`` and draws the jitter from ``rng``."""

    clock: Clock
    rng: random.Random
    quota_wait: QuotaWait = no_op

    def repeat(
        self,
        attempt: Callable[[], T],
        *,
        name: str,
        budget: Budget,
        tries: int = MAX_ATTEMPTS,
        though_throttled: bool = True,
        recover: Callable[[], T | None] = lambda: None,
    ) -> T:
        """Return what ``attempt`` returns, after waiting for ``budget`` before each try.

        Args:
            attempt: calls the operation once.
            name: of the operation.
            budget: what is left of its quota.
            tries: the number of attempts.
            though_throttled: wait for a quota that Amazon says is used up, and try again.
            recover: called before a failed call is repeated; a result of it is the response.

        Raises:
            HostUnreachable: the quota was used up for two hours.
            Retry: the last of ``tries`` failures.
            Throttled: Amazon says that a quota is used up, and ``though_throttled`` is False.
        """
        ranges = backoff.expo(max_value=MAX_BACKOFF)
        next(ranges)  # the generator's first value is not a range
        failures = 0
        throttled_since: datetime | None = None
        while True:
            self._wait(name, budget)
            try:
                return attempt()
            except errors.Throttled as error:
                if not though_throttled:
                    raise
                throttled_since = throttled_since or self.clock.now()
                self._record_throttling(error, budget, throttled_since)
            except errors.DocumentDamaged:
                # The scheduler retries it, after other documents.
                raise
            except errors.Retry as error:
                failures += 1
                if failures >= tries:
                    raise
                self._back_off(error, next(ranges))
                if (found := recover()) is not None:
                    return found

    def _wait(self, name: str, budget: Budget) -> None:
        # While this call sleeps, another one may use what the quota restores.
        while (seconds := budget.wait(self.clock.now())) > 0:
            self.quota_wait(name, seconds)
            self.clock.sleep(seconds)

    def _record_throttling(self, error: errors.Throttled, budget: Budget, since: datetime) -> None:
        now = self.clock.now()
        if now - since >= MAX_THROTTLING:
            raise errors.HostUnreachable(
                f"{error.what}; this has lasted since {since:%Y-%m-%d %H:%M} UTC",
                hint="another program may be using up the quota of this seller; run again later",
                amazon_code=error.amazon_code,
                request_id=error.request_id,
            ) from error
        budget.throttled(now, error.retry_after)
        logger.info("%s; waiting %.0f seconds for the quota", error.what, budget.wait(now))

    def _back_off(self, error: errors.Retry, longest: float) -> None:
        pause = self.rng.uniform(0.0, longest)
        logger.warning("%s; trying again in %.1f seconds", error.what, pause)
        self.clock.sleep(pause)
