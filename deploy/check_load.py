#!/usr/bin/env python3
"""Check a load: the rows that the shards of a run sent are in the warehouse.

`python check_load.py --states DIRECTORY --run ID --url URL [--schema NAME]` compares, table by
table, the distinct keys that were sent with the rows whose report is one of this run, and lists the
failed windows of all states. It needs SQLAlchemy and the driver of the warehouse, which targets of
the Singer SDK for databases have. The exit code is 1 if rows are missing or too many, or if a
window failed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Report = tuple[str, str]


@dataclass
class Sent:
    """The rows of one table that were sent: their keys, and the reports that they are from."""

    rows: set[str] = field(default_factory=set)
    reports: set[Report] = field(default_factory=set)


def main() -> int:
    """Compare, print, and return the exit code."""
    given = _arguments()
    folder = _folder(given.states)
    sent = read_sent(folder / "runs" / given.run)
    loaded = count_loaded(given.url, given.schema, sent)
    differ = [stream for stream in sent if loaded[stream] != len(sent[stream].rows)]
    for stream in sorted(sent):
        print(f"{stream}: {len(sent[stream].rows)} rows sent, {loaded[stream]} in the warehouse")
    failed = list(failed_windows(folder))
    print("\n".join(failed))
    if differ:
        print(f"Rows sent and rows in the warehouse differ: {', '.join(differ)}", file=sys.stderr)
    if failed:
        print(f"{len(failed)} windows failed; the next run retries them", file=sys.stderr)
    return 1 if differ or failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--states", required=True, help="the folder or bucket of the states")
    parser.add_argument("--run", required=True, help="the id that the shards were given")
    parser.add_argument("--url", required=True, help="the warehouse, as SQLAlchemy has it")
    parser.add_argument("--schema", help="the schema of the tables")
    return parser.parse_args()


def _folder(place: str) -> Any:  # noqa: ANN401 - a Path, or a UPath where it is installed
    if "://" not in place:
        return Path(place)
    from upath import UPath  # noqa: PLC0415 - the target's environment may lack it

    return UPath(place)


def read_sent(folder: Any) -> dict[str, Sent]:  # noqa: ANN401 - as above
    """Return what all shards of a run have sent, in all attempts, by stream."""
    sent: defaultdict[str, Sent] = defaultdict(Sent)
    for path in folder.glob("*.json"):
        for stream, part in json.loads(path.read_text(encoding="utf-8")).items():
            sent[stream].rows.update(part["rows"])
            sent[stream].reports.update(map(tuple, part["reports"]))
    return dict(sent)


def count_loaded(url: str, schema: str | None, sent: Mapping[str, Sent]) -> dict[str, int]:
    """Return how many rows each table has of the reports of the run."""
    import sqlalchemy as sa  # noqa: PLC0415 - the other functions need no database

    engine, counts = sa.create_engine(url), {}
    with engine.connect() as connection:
        for stream, part in sent.items():
            table = sa.table(
                stream, sa.column("_seller_id"), sa.column("_report_id"), schema=schema
            )
            columns = (table.c["_seller_id"], table.c["_report_id"])
            query = sa.select(*columns, sa.func.count()).group_by(*columns)
            counts[stream] = sum(
                count
                for seller, report, count in connection.execute(query)
                if (seller, report) in part.reports
            )
    return counts


def failed_windows(folder: Any) -> Iterable[str]:  # noqa: ANN401 - as above
    """Yield a line for each failed window of the states."""
    for path in sorted(folder.glob("*.json")):
        bookmarks = json.loads(path.read_text(encoding="utf-8")).get("bookmarks", {})
        for stream, state in bookmarks.items():
            for partition in state.get("partitions", []):
                for each in partition.get("failed_windows", []):
                    seller = partition["context"]["seller_id"]
                    window = f"{each.get('start', '')} to {each.get('end', '')}".strip(" to")
                    yield f"failed: {seller} {stream} {window or 'snapshot'}: {each['reason']}"


if __name__ == "__main__":
    sys.exit(main())
