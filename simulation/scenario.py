"""The scenario of a seed: a world, settings, and all faults."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from simulation.fault_kinds import (
    MACHINE_TABLE,
    MachineFault,
    MachineKind,
    pairs_of,
    sandbox_kinds,
)
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
XML = "_GET_XML_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RANGES = (
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_FBA_REIMBURSEMENTS_DATA_",
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_",
    "_GET_SELLER_FEEDBACK_DATA_",
    XML,
)
SNAPSHOTS = (
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_FLAT_FILE_OPEN_LISTINGS_DATA_",
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",
    "_GET_AFN_INVENTORY_DATA_",
    "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_",
)
OPTIONS = {
    "_GET_MERCHANT_LISTINGS_ALL_DATA_": {"custom": "true"},
    "_GET_FLAT_FILE_OPEN_LISTINGS_DATA_": {"custom": "true"},
    "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_": {"ShowSalesChannel": "true"},
}
"""Options that some seeds name: lists do not show them."""
JSON = "_GET_SALES_AND_TRAFFIC_REPORT_"
FILES = "_RFQD_BULK_DOWNLOAD_"
"""Its documents are workbooks, which are kept as files."""
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
PACES = (
    LatencyProfile("quick", (0, 2, 10), (0, 10, 60)),
    LatencyProfile("real", (4, 20, 560), (30, 120, 2100)),
    LatencyProfile("slow", (60, 600, 3600), (60, 1800, 7200)),
)
_LATEST = timedelta(minutes=5)
"""How long before the first run a report must end to be wanted by it."""

WORLDS = 2
"""Different sample data of sellers; the seed decides everything else."""

ONCE = frozenset({FaultKind.STUCK, FaultKind.ACCESS_REVOKED})
"""Kinds that end a run or hold it for hours: they strike once."""

SELDOM = frozenset(
    {
        FaultKind.TLS_FAILURE,
        FaultKind.REDIRECT,
        FaultKind.ACCESS_REVOKED,
        FaultKind.ACCESS_ENDED,
        FaultKind.CLOCK_SKEW,
        FaultKind.HTTP_400,
        FaultKind.HTML_ANSWER,
        FaultKind.EMPTY_ANSWER,
        FaultKind.ROLE_MISSING,
    }
)
"""Kinds that end a run, or the calls for a type in it: most calls before have to succeed."""

_NEEDED_RATES = {FaultKind.ACCESS_REVOKED: 0.5, FaultKind.ACCESS_ENDED: 0.5}
"""The chance at each call of kinds that a seed needs, and that concern few calls."""

_DAYS = (1, 2, 4, 8)
"""Between the first date and the last one."""

_CALLS, _LINES, _DOWNLOADS = 60, 250, 6
"""The range of events from which a fault of the machine chooses."""


@dataclass(frozen=True)
class Scenario:
    """All that a seed decides; ``faults`` are of the sandbox, ``machine`` of the machine."""

    seed: int
    api: str
    world: int
    regions: tuple[str, ...]
    pace: LatencyProfile
    start: datetime
    end: datetime
    """The date until which all data is required; with ``is_open`` runs continue to the present."""
    is_open: bool
    reports: tuple[dict[str, Any], ...]
    settings: dict[str, Any]
    faults: tuple[Fault, ...]
    machine: tuple[MachineFault, ...]
    needed: frozenset[str]
    """The kinds of faults that the seed tests: runs are added until they have struck."""
    pauses: tuple[float, ...]
    flushes: float

    @property
    def kinds(self) -> list[str]:
        """The kinds of faults that may strike, each once."""
        of_sandbox = [each.kind.value for each in self.faults]
        return list(dict.fromkeys([*of_sandbox, *(each.kind.value for each in self.machine)]))

    def only(self, kinds: set[str]) -> Scenario:
        """Return the scenario with the faults of these kinds alone."""
        return replace(
            self,
            needed=self.needed & kinds,
            faults=tuple(each for each in self.faults if each.kind.value in kinds),
            machine=tuple(each for each in self.machine if each.kind.value in kinds),
        )

    @property
    def config(self) -> dict[str, Any]:
        """The settings of the tap."""
        end = {} if self.is_open else {"end_date": self.end.isoformat()}
        return {
            **end,
            "api": self.api,
            "sandbox": True,
            "sellers": [_seller(self.seed, region) for region in self.regions],
            "start_date": self.start.isoformat(),
            "reports": list(self.reports),
            **self.settings,
        }


def draw(seed: int, api: str) -> Scenario:
    """Return the scenario of a seed."""
    rng = random.Random(f"{seed}/{api}")
    needed = frozenset(kind for pair in pairs_of(seed, api) for kind in pair)
    days = rng.choice(_DAYS)
    days = max(_DAYS) if _has_large(needed) else days
    is_open = _chance(rng, 1, 3)
    end = NOW.replace(hour=0, minute=0, second=0) - timedelta(days=rng.choice((0, 1, 5)))
    end = NOW - _LATEST if is_open else end
    runs = rng.randint(1, 3)
    return Scenario(
        seed=seed,
        api=api,
        world=1 + seed % WORLDS,
        regions=tuple(rng.sample(sorted(SELLERS), rng.choice((1, 1, 1, 2)))),
        pace=rng.choice(PACES),
        start=end - timedelta(days=days),
        end=end,
        is_open=is_open,
        reports=(*_drawn_reports(rng, days, needed), *_files(seed, api)),
        settings=_settings(rng),
        faults=tuple(_faults(rng, api, needed)),
        machine=tuple(_machine(rng, runs, needed)),
        needed=needed,
        pauses=tuple(rng.choice((1.0, 60.0, 1900.0, 20000.0)) for _ in range(runs)),
        flushes=rng.choice((0.1, 0.5, 1.0)),
    )


def _has_large(needed: Collection[str]) -> bool:
    """Whether a document has to be so large that SP-API compresses it."""
    return FaultKind.CORRUPT_GZIP.value in needed


def _drawn_reports(
    rng: random.Random, days: int, needed: Collection[str]
) -> Iterator[dict[str, Any]]:
    drawn = _reports(rng, days, is_disturbed=bool(needed))
    if _has_large(needed):
        yield {"type": RANGES[0], "window_days": days, "lookback_days": 0}
        drawn = (each for each in drawn if each["type"] != RANGES[0])
    yield from drawn


def _reports(rng: random.Random, days: int, *, is_disturbed: bool) -> Iterator[dict[str, Any]]:
    """Yield settings of types; with faults, one is of flat files with dates."""
    chosen = rng.sample(RANGES, rng.choice((1, 1, 2) if is_disturbed else (0, 1, 1, 2)))
    if is_disturbed and chosen == [XML]:
        chosen.append(RANGES[0])
    for name in chosen:
        windows = rng.choice((1, 2, 3))
        setting = {"type": name, "window_days": max(1, days // windows)}
        yield {**setting, "lookback_days": rng.choice((0, 0, 1))}
    others = [*SNAPSHOTS, JSON, SETTLEMENT]
    for name in rng.sample(others, rng.choice((1, 1, 2)) if chosen else 2):
        named = OPTIONS.get(name, {}) if _chance(rng, 1, 3) else {}
        yield {"type": name, "options": named} if named else {"type": name}


def _files(seed: int, api: str) -> Iterator[dict[str, Any]]:
    """Yield the setting of documents that are files, of every fourth seed.

    The draw is apart from all others, which stay what they are without it.
    """
    if _chance(random.Random(f"{seed}/{api}/files"), 1, 4):
        yield {"type": FILES}


def _settings(rng: random.Random) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "order": rng.choice(("slowest", "newest")),
        "keep_snapshots": _chance(rng, 3, 10),
        "retries": rng.choice((0, 1, 2)),
        "new_columns": rng.choice(("add", "add", "ignore")),
        "timestamps": rng.choice(("utc", "utc", "offset")),
        "declare_columns": rng.choice(("known", "known", "seen")),
    }
    if _chance(rng, 3, 10):
        drawn["max_open"] = rng.choice((1, 2, 5))
    if _chance(rng, 3, 20):
        drawn["batch_config"] = {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": "", "prefix": ""},
            "batch_size": rng.choice((5, 1000)),
        }
    return drawn


def _chance(rng: random.Random, count: int, of: int) -> bool:
    return rng.randrange(of) < count


def _faults(rng: random.Random, api: str, needed: Collection[str]) -> Iterator[Fault]:
    """Yield a fault of each kind that is needed, and some others."""
    possible = sandbox_kinds(api)
    first = [kind for kind in possible if kind.value in needed]
    others = [kind for kind in possible if kind.value not in needed]
    for kind in rng.sample(first, len(first)):
        yield Fault(kind, rate=_NEEDED_RATES.get(kind, 0.2 if kind in SELDOM else 1.0))
    if FaultKind.TOKEN_ENDED in first:  # few lists have a second page otherwise
        yield Fault(FaultKind.SMALL_PAGES, times=12)
    for kind in rng.sample(others, rng.choice((0, 0, 4, 8)) if needed else 0):
        times = 1 if kind in ONCE else rng.choice((1, 1, 2, 3))
        rates = (0.05, 0.1, 0.2) if kind in SELDOM else (0.1, 0.4, 0.7, 1.0)
        yield Fault(kind, times=times, rate=rng.choice(rates))


def _machine(rng: random.Random, runs: int, needed: Collection[str]) -> Iterator[MachineFault]:
    """Yield a fault of each kind that is needed, spread over the runs, and some others."""
    kinds = [kind for kind in MachineKind if kind.value in needed]
    for number, kind in enumerate(rng.sample(kinds, len(kinds))):
        yield MachineFault(kind, number % runs, _moment(rng, kind) // 4)
    for run in range(runs if needed else 0):
        for kind in rng.sample(list(MachineKind), rng.choice((0, 0, 1))):
            yield MachineFault(kind, run, _moment(rng, kind))


def _moment(rng: random.Random, kind: MachineKind) -> int:
    """Return at which call, line or download a fault strikes; most runs are short."""
    places = {"call": _CALLS, "line": _LINES, "download": _DOWNLOADS, "run": 1}
    return int(places[MACHINE_TABLE[kind].counted] * rng.random() ** 2)


def _seller(seed: int, region: str) -> dict[str, Any]:
    member = SELLERS[region]
    rng = random.Random(f"{seed}/{region}")
    count = rng.randint(1, min(2, len(member.marketplace_ids)))
    return {
        "seller_id": member.seller_id,
        "marketplace_ids": list(member.marketplace_ids[:count]),
        "aws_access_key_id": member.access_key_id,
        "aws_secret_access_key": member.secret_access_key,
        "lwa_client_id": APPLICATION.client_id,
        "lwa_client_secret": APPLICATION.client_secret,
        "refresh_token": member.refresh_token,
    }
