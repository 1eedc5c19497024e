"""Checks after the last run: the tables, the requests and how runs ended.

The reference is the sandbox: the documents of its accounts, and its list of requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import combinations
from typing import Any

from simulation import documents
from simulation.coverage import Coverage
from simulation.repeated_requests import repeated_requests
from simulation.scenario import SETTLEMENT
from simulation.truth import (
    LIFECYCLE,
    Delivered,
    Origin,
    delivered_documents,
    is_readable,
    origin_of,
    report_id,
    sheet_of,
)
from simulation.world import World
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION


def problems(world: World) -> list[str]:
    """Return the problems in words; none if every guarantee was kept."""
    delivered = dict(delivered_documents(world))
    found = [*_ends(world), *_exact(world, delivered), *_newest(world, delivered)]
    found += Coverage(world, delivered).missing()
    found += [f"asked again: {what}" for what, allowed in repeated_requests(world) if not allowed]
    found += _secrets(world)
    return found


def _ends(world: World) -> Iterator[str]:
    for number, end in enumerate(world.ends):
        if end.how == "crashed":
            yield f"run {number} ended by an error that is not the tap's: {end.words}"
    if world.ends[-1].how != "done" and not _is_only_settlements(world):
        yield f"never recovered: the last run was {world.ends[-1].how}: {world.ends[-1].words}"


def _is_only_settlements(world: World) -> bool:
    """Whether the last run could not read settlements that cannot be read, and all the rest.

    Amazon generates each of them once: they cannot be requested again.
    """
    _, *reasons = world.ends[-1].words.split("\n  - ")
    broken = [
        entry
        for account in world.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.spec.report_type == SETTLEMENT and not is_readable(entry)
    ]
    # SP-API's name of the type is part of the other. A refusal of MWS names the report alone.
    names = [SETTLEMENT.strip("_"), *(report_id(world, each) for each in broken if each.report)]
    return bool(reasons and broken) and all(any(name in each for name in names) for each in reasons)


def _exact(world: World, delivered: Mapping[Origin, Delivered]) -> Iterator[str]:
    """Compare every row that was ever in a table with its source line."""
    for stream, history in world.target.history.items():
        if stream in LIFECYCLE:
            continue
        for _, record in history:
            place = f"{stream}, report {record['_report_id']}, row {record['_row_number']}"
            of = delivered.get(origin_of(record))
            sheet = of and sheet_of(of, stream)
            if not sheet or record["_row_number"] > len(sheet.rows):
                yield f"{place} is in no document"
            elif wrong := documents.difference(sheet.rows[record["_row_number"] - 1], record):
                yield f"{place}: {wrong}"
            elif of and (name := record.get("file_name")) and world.files.get(name) != of.body:
                yield f"{place}: the file {name} is not the document that Amazon has"


def _newest(world: World, delivered: Mapping[Origin, Delivered]) -> Iterator[str]:
    """Check that no older version of a row replaced a newer one."""
    for stream, history in world.target.history.items():
        if stream in LIFECYCLE:
            continue
        newest: dict[Any, tuple[datetime, dict[str, Any]]] = {}
        for key, record in history:
            if (of := delivered.get(origin_of(record))) is None:
                continue
            if key not in newest or of.made >= newest[key][0]:
                newest[key] = of.made, record
        for key, (_, record) in newest.items():
            there = world.target.tables[stream][key]
            if there is not record and _values(there) != _values(record):
                yield (
                    f"{stream}: of {key} report {there['_report_id']} is in the table, which is "
                    f"older than report {record['_report_id']}"
                )


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row, without its source and empty cells."""
    return {n: v for n, v in record.items() if not n.startswith("_") and v is not None}


def _secrets(world: World) -> Iterator[str]:
    """Look for credentials in the log and in every state."""
    text = world.log.getvalue() + repr(world.target.states)
    text += "".join(end.words for end in world.ends)
    secrets = [APPLICATION.client_secret]
    for account in world.amazon.accounts.values():
        secrets += [account.secret_access_key, account.refresh_token]
    for each in secrets:
        if each in text:
            yield f"a secret is in the log, the state or an error: {each}"


def met(world: World) -> set[tuple[str, str]]:
    """Return the pairs of fault kinds of which both struck."""
    return set(combinations(sorted(world.struck), 2))


def counted(world: World) -> Counter[str]:
    """Return the figures of a world, to be added up."""
    requests = [
        entry for account in world.amazon.accounts.values() for entry in account.requests.values()
    ]
    again = Counter(
        f"asked_again_{allowed.replace(' ', '_')}"
        for _, allowed in repeated_requests(world)
        if allowed
    )
    return again + Counter(
        faults=world.struck.total(),
        runs=len(world.ends),
        kills=sum(n for kind, n in world.machine_struck.items() if kind.startswith("kill")),
        requests=sum(each.requested for each in requests),
        rows=sum(len(each) for each in world.target.history.values()),
        states=len(world.target.states),
        logged_at_debug=bool(world.log.getvalue()),
    )
