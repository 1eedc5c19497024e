"""The reference data: the documents of the sandbox's accounts, as rows of streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from simulation import documents
from simulation.documents import Sheet
from simulation.world import World
from tap_mws_reports.sandbox.account_entries import RequestEntry

LIFECYCLE = frozenset({"report_requests", "reports", "report_schedules"})
Origin = tuple[str, str]
"""A seller and a report of it, as rows name it."""


@dataclass(frozen=True)
class Delivered:
    """A document as the account holds it; it is created when its rows are first read."""

    seller_id: str
    entry: RequestEntry
    code_page: str

    @cached_property
    def sheets(self) -> Mapping[str, Sheet] | None:
        """The rows by the list they are in; None if there is no report."""
        if self.entry.report is None or self.entry.failed or self.entry.report.gone:
            return None
        document = self.entry.report.write()
        return documents.read(document.body, document.charset, self.code_page)

    @property
    def body(self) -> bytes | None:
        """The bytes of the document; None if there is none."""
        return self.entry.report and self.entry.report.write().body

    @property
    def made(self) -> datetime:
        """When it was made: a later document has a later version of the same rows."""
        return self.entry.ends or self.entry.submitted


def delivered_documents(world: World) -> Iterator[tuple[Origin, Delivered]]:
    """Yield the documents of all accounts."""
    for account in world.amazon.accounts.values():
        for entry in account.requests.values():
            if entry.report is None:
                continue
            code_page = account.seller_data[entry.spec.marketplace_ids[0]].marketplace.code_page
            origin = account.seller_id, report_id(world, entry)
            yield origin, Delivered(account.seller_id, entry, code_page)


def report_id(world: World, entry: RequestEntry) -> str:
    """Return the id by which the service knows the report of a request."""
    assert entry.report is not None  # noqa: S101 - checked by the callers
    return entry.report.report_id if world.scenario.api == "mws" else entry.request_id


def origin_of(record: Mapping[str, Any]) -> Origin:
    """Return which report of which seller a row is from."""
    return record["_seller_id"], record["_report_id"]


def sheet_of(delivered: Delivered, stream: str) -> Sheet | None:
    """Return the rows of a document that belong to a stream: those of the list of its name."""
    if delivered.sheets is None:
        return None
    if "" in delivered.sheets:
        return delivered.sheets[""]
    endings = {"by_date": "salesAndTrafficByDate", "by_asin": "salesAndTrafficByAsin"}
    name = next((each for ending, each in endings.items() if stream.endswith(ending)), "")
    return delivered.sheets.get(name)


def is_readable(entry: RequestEntry) -> bool:
    """Whether a request has a document that is a report."""
    if entry.report is None or entry.report.gone or entry.failed:
        return False
    body = entry.report.write().body
    return (
        body.startswith((b"{", documents.XML, documents.FILE)) or b"\t" in body.partition(b"\n")[0]
    )
