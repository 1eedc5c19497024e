"""What a warehouse has to hold: the sandbox's documents, read without any code of the tap.

The documents are few and known, so this reader is small: a split or the csv module, and a table of
the columns that are not text. Every row of a warehouse names the report and the row it is from.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from staged_amazon import (
    FIRST_DAY,
    LISTINGS,
    ORDERS,
    REIMBURSEMENTS,
    SETTLEMENTS,
    SHIPMENTS,
    DeliveredReport,
    StagedAmazon,
    decoded,
)

from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.reports import FEED_SUMMARY

SELLER, MARKETPLACE = "A1SANDBOXNA", "ATVPDKIKX0DER"


@dataclass(frozen=True)
class Layout:
    """The stream of a report type, its key, and the columns that are not text.

    ``filled_down`` columns have a value on the first line only, which is every line's.
    ``counted`` says that lines of one key are distinguished by ``_line``.
    """

    stream: str
    key: tuple[str, ...]
    timestamps: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    integers: frozenset[str] = frozenset()
    booleans: frozenset[str] = frozenset()
    filled_down: tuple[str, ...] = ()
    counted: bool = False

    def kind(self, column: str) -> str:
        """Return what a column holds: text, timestamp, date, number, integer or boolean."""
        kinds = {
            "timestamp": self.timestamps,
            "date": self.dates,
            "number": self.numbers,
            "integer": self.integers,
            "boolean": self.booleans,
        }
        return next((kind for kind, columns in kinds.items() if column in columns), "text")


def _columns(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PRICES = (
    "item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax "
    "item-promotion-discount ship-promotion-discount"
)
LAYOUTS = {
    ORDERS: Layout(
        "flat_file_all_orders_data_by_last_update",
        ("amazon-order-id",),
        timestamps=_columns("purchase-date last-updated-date"),
        numbers=_columns(_PRICES),
        integers=_columns("quantity"),
        booleans=_columns("is-business-order"),
        counted=True,
    ),
    SHIPMENTS: Layout(
        "amazon_fulfilled_shipments_data",
        ("shipment-id", "shipment-item-id"),
        timestamps=_columns(
            "purchase-date payments-date shipment-date reporting-date estimated-arrival-date"
        ),
        numbers=_columns(_PRICES),
        integers=_columns("quantity-shipped"),
    ),
    REIMBURSEMENTS: Layout(
        "fba_reimbursements_data",
        ("reimbursement-id",),
        timestamps=_columns("approval-date"),
        numbers=_columns("amount-per-unit amount-total"),
        integers=_columns(
            "quantity-reimbursed-cash quantity-reimbursed-inventory quantity-reimbursed-total"
        ),
    ),
    SETTLEMENTS: Layout(
        "v2_settlement_report_data_flat_file_v2",
        (),
        timestamps=_columns(
            "settlement-start-date settlement-end-date deposit-date posted-date-time"
        ),
        dates=_columns("posted-date"),
        numbers=_columns("total-amount amount"),
        integers=_columns("quantity-purchased"),
        filled_down=(
            "settlement-start-date",
            "settlement-end-date",
            "deposit-date",
            "total-amount",
        ),
    ),
    LISTINGS: Layout(
        "merchant_listings_all_data",
        ("seller-sku", "listing-id"),
        timestamps=_columns("open-date"),
        numbers=_columns("price zshop-shipping-fee"),
        integers=_columns("quantity pending-quantity"),
        booleans=_columns("item-is-marketplace zshop-boldface"),
    ),
}
STREAMS = tuple(layout.stream for layout in LAYOUTS.values())


@dataclass(frozen=True)
class ExpectedRow:
    """A line of a document: values by the names of the warehouse's columns, and their kinds.

    ``unparsed`` has the text of cells that are not value of their kind, ``offsets`` those of
    timestamps that are not in UTC. ``envelope`` says of what report and time the row is.
    """

    report_id: str
    row_number: int
    values: Mapping[str, Any]
    kinds: Mapping[str, str]
    unparsed: Mapping[str, str]
    offsets: Mapping[str, str]
    envelope: Mapping[str, Any]

    def local_time(self, column: str) -> datetime | None:
        """Return a timestamp as the document has it, without its offset and called UTC."""
        instant: datetime | None = self.values[column]
        shift = datetime.fromisoformat(f"2020-01-01T00:00:00{self.offsets.get(column, '')}")
        return instant and instant + (shift.utcoffset() or timedelta())


def expected_rows(reports: Iterable[DeliveredReport]) -> dict[str, dict[Any, ExpectedRow]]:
    """Return by stream and key the row of the last report that has the key."""
    found: dict[str, dict[Any, ExpectedRow]] = {stream: {} for stream in STREAMS}
    for report in reports:
        layout = LAYOUTS[report.report_type]
        seen: Counter[tuple[str, ...]] = Counter()
        envelope: dict[str, Any] = {"_report_type": report.report_type}
        if report.interval is not None:
            envelope.update(zip(("_data_start", "_data_end"), report.interval, strict=True))
        for number, cells in enumerate(_lines(decoded(report.document), layout), start=1):
            values = {_column(header): _value(layout, header, cells[header]) for header in cells}
            kinds = {_column(header): layout.kind(header) for header in cells}
            kinds |= dict.fromkeys(("_data_start", "_data_end"), "timestamp")
            unparsed = {
                _column(header): cell
                for header, cell in cells.items()
                if cell and _value(layout, header, cell) is None
            }
            offsets = {
                _column(header): offset
                for header, cell in cells.items()
                if header in layout.timestamps and cell and (offset := _offset(cell))
            }
            row = ExpectedRow(report.report_id, number, values, kinds, unparsed, offsets, envelope)
            key = tuple(cells[header] for header in layout.key)
            seen[key] += 1
            place = (*key, seen[key]) if layout.counted else key or (report.report_id, number)
            found[layout.stream][place] = row
    return found


def _lines(text: str, layout: Layout) -> Iterable[dict[str, str]]:
    header, separator, _ = text.partition("\n")
    if "\t" in header:
        end = "\r\n" if header.endswith("\r") else separator
        table = [line.split("\t") for line in text.removesuffix(end).split(end)]
    else:
        table = list(csv.reader(io.StringIO(text, newline="")))
    names, *rows = table
    first = dict(zip(names, rows[0], strict=True))
    for row in rows:
        cells = dict(zip(names, row, strict=True))
        yield {**cells, **{name: cells[name] or first[name] for name in layout.filled_down}}


def _column(header: str) -> str:
    return header.replace("-", "_").lower()


def _value(layout: Layout, header: str, cell: str) -> Any:
    kind = layout.kind(header)
    return _READERS[kind](cell) if cell else None


def _instant(cell: str) -> datetime:
    day, _, rest = cell.partition(" ")
    if not rest:
        return datetime.fromisoformat(cell).astimezone(UTC)
    hours, zone = rest.split(" ")
    offset = {"UTC": 0, "PST": -8, "PDT": -7}[zone]
    naive = datetime.fromisoformat(f"{day}T{hours}").replace(tzinfo=UTC)
    return naive - timedelta(hours=offset)


def _offset(cell: str) -> str:
    """Return the offset of a timestamp as ``-07:00``, empty for UTC."""
    if cell[-4:] in {" PST", " PDT"}:
        return {"PST": "-08:00", "PDT": "-07:00"}[cell[-3:]]
    found = re.search(r"[+-]\d\d:\d\d$", cell)
    return found[0] if found and found[0] != "+00:00" else ""


def _integer(cell: str) -> int | None:
    value = int(cell)
    return value if -(2**63) <= value < 2**63 else None


_READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": _integer,
    "number": Decimal,
    "boolean": lambda cell: {"true": True, "false": False, "y": True, "n": False}[cell.lower()],
    "timestamp": _instant,
    "date": date.fromisoformat,
}


def differences(
    stream: str,
    expected: Mapping[Any, ExpectedRow],
    there: Iterable[Mapping[str, Any]],
    arrives: Callable[[str, Any], Any],
) -> list[str]:
    """Return what is wrong with the rows of a table, in words; nothing if every value is right.

    Args:
        stream: the table.
        expected: its rows as the documents have them.
        there: its rows as they are, each value as `ExpectedRow` has it.
        arrives: what becomes of a value of a kind in this warehouse.
    """
    wrong: list[str] = []
    by_origin = {(row.report_id, row.row_number): row for row in expected.values()}
    every_column = {column for row in expected.values() for column in row.values}
    found: Counter[tuple[str, int]] = Counter()
    for row in there:
        origin = (row["_report_id"], row["_row_number"])
        found[origin] += 1
        if origin not in by_origin:
            wrong.append(f"{stream}: row {origin} is in no document or replaced by a later one")
            continue
        wrong += _cell_differences(stream, by_origin[origin], every_column, row, arrives)
    wrong += [f"{stream}: row {origin} is missing" for origin in by_origin.keys() - found.keys()]
    wrong += [f"{stream}: row {origin} comes {n} times" for origin, n in found.items() if n > 1]
    return wrong


def snapshot_differences(
    stream: str, reports: Iterable[DeliveredReport], there: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return what is wrong with the newest rows of a snapshot's table, in words.

    Those with the greatest ``_data_end`` are the last document's, whatever an earlier one had.
    """
    *_, last = (report for report in reports if LAYOUTS[report.report_type].stream == stream)
    lines = list(_lines(decoded(last.document), LAYOUTS[last.report_type]))
    wanted = {(last.report_id, number) for number in range(1, len(lines) + 1)}
    rows = list(there)
    newest = max(row["_data_end"] for row in rows)
    found = {(row["_report_id"], row["_row_number"]) for row in rows if row["_data_end"] == newest}
    return [f"{stream}: row {row} is only in one of both" for row in sorted(found ^ wanted)]


def _cell_differences(
    stream: str,
    expected: ExpectedRow,
    every_column: Iterable[str],
    row: Mapping[str, Any],
    arrives: Callable[[str, Any], Any],
) -> Iterable[str]:
    where = f"{stream} {expected.report_id}/{expected.row_number}"
    told = {"_seller_id": SELLER, "_marketplace_ids": MARKETPLACE, "_extra": None}
    # A row from before a column was there has no value in it.
    columns = {**told, **dict.fromkeys(every_column), **expected.values, **expected.envelope}
    for column, parts in (("_unparsed", expected.unparsed), ("_offsets", expected.offsets)):
        if json.loads(row[column] or "{}") != parts:
            yield f"{where}: {column} is {_short(row[column])}, not {_short(parts)}"
    for column, value in columns.items():
        wanted = arrives(expected.kinds.get(column, "text"), value)
        if column not in row:
            yield f"{where}: no column {column}"
        elif row[column] != wanted or type(row[column]) is not type(wanted):
            yield f"{where}: {column} is {_short(row[column])}, not {_short(wanted)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 120 else f"{text[:100]}... ({len(text)} characters)"


def request_differences(
    amazon: StagedAmazon,
    requests: Iterable[Mapping[str, Any]],
    reports: Iterable[Mapping[str, Any]],
) -> list[str]:
    """Return what is wrong with the tables of report requests and reports, in words.

    Both must hold what Amazon had finished before the last run began, each once, and nothing that
    Amazon does not know. ``requests`` and ``reports`` are rows as the warehouse holds them.
    """
    began = amazon.runs[-1]
    entries = {entry.request_id: entry for entry in amazon.entries()}
    ids = {
        entry.request_id if amazon.api == "sp_api" else entry.report.report_id: entry
        for entry in entries.values()
        if entry.report is not None
    }
    finished = {
        name: entry
        for name, entry in entries.items()
        if FIRST_DAY <= entry.submitted < began and entry.ends is not None and entry.ends < began
    }
    wrong = _listing_differences(
        "report_requests", "report_request_id", requests, entries, finished
    )
    # The document of a report that failed says why, and is in no list of reports.
    ready = {
        name: entry
        for name, entry in ids.items()
        if entry.request_id in finished and not entry.failed
    }
    wrong += _listing_differences("reports", "report_id", _requested(reports, amazon), ids, ready)
    return wrong


def _requested(
    reports: Iterable[Mapping[str, Any]], amazon: StagedAmazon
) -> list[Mapping[str, Any]]:
    """Return the reports without those that MWS made of feeds, for which there is no request."""
    feeds = {
        each.report_id
        for each in amazon.accounts["NA"].reports
        if each.report_type == FEED_SUMMARY and amazon.api == "mws"
    }
    return [row for row in reports if row["report_id"] not in feeds]


def schedule_differences(amazon: StagedAmazon, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with the table of schedules; a deleted one stays, as ``_NEVER_``."""
    entry = amazon.schedule
    kept = entry in amazon.schedules
    wanted = {
        "seller_id": SELLER,
        "report_type": entry.report_type,
        # MWS does not say of which marketplaces a schedule is.
        "marketplace_ids": ",".join(entry.marketplace_ids) if amazon.api == "sp_api" else "*",
        "schedule": "_1_DAY_" if kept else "_NEVER_",
        "scheduled_date": _whole_second(entry.next_run) if kept else None,
    }
    there = [{name: row[name] for name in wanted} for row in rows]
    return [] if there == [wanted] else [f"report_schedules: {there}, not {[wanted]}"]


def _whole_second(moment: datetime) -> datetime:
    """Return a moment as the services tell it."""
    return moment.replace(microsecond=0)


def _listing_differences(
    stream: str,
    key: str,
    rows: Iterable[Mapping[str, Any]],
    known: Mapping[str, RequestEntry],
    finished: Mapping[str, RequestEntry],
) -> list[str]:
    there = list(rows)
    found = Counter(row[key] for row in there)
    wrong = [f"{stream}: {name} comes {n} times" for name, n in found.items() if n > 1]
    wrong += [f"{stream}: Amazon knows no {name}" for name in found.keys() - known.keys()]
    wrong += [f"{stream}: {name} is missing" for name in finished.keys() - found.keys()]
    for row in there:
        if (entry := finished.get(row[key])) is None:
            continue
        wanted: dict[str, Any] = {"seller_id": SELLER, "report_type": entry.spec.report_type}
        if stream == "report_requests":
            wanted |= {
                "start_date": _whole_second(entry.spec.start),
                "end_date": _whole_second(entry.spec.end),
                "submitted_date": _whole_second(entry.submitted),
                "scheduled": entry.scheduled,
            }
            if not entry.failed:
                wanted["processing_status"] = (entry.outcome or "").strip("_")
        else:
            wanted["report_request_id"] = entry.request_id
        wrong += [
            f"{stream} {row[key]}: {name} is {_short(row[name])}, not {_short(value)}"
            for name, value in wanted.items()
            if row[name] != value
        ]
    return wrong
