"""Columns that Amazon no longer sends.

A stream keeps the names of the known columns that any document had, in the order of their first
appearance; a partition keeps those of them that its last documents lacked. So the state stays small
with many sellers, whose documents differ in their columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

ENOUGH = 3
"""How many documents in a row must lack a column."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A column that the last documents of a partition lacked."""

    column: str
    documents: int
    """How many in a row, `ENOUGH` at most; 0 if no document of the partition ever had it."""
    since: str
    """The date of the first of them, as ISO text."""

    @property
    def has_gone(self) -> bool:
        """Whether Amazon no longer sends the column."""
        return self.documents >= ENOUGH


def absences_after(
    earlier: Iterable[Absence],
    *,
    sent: Sequence[str],
    compared: int,
    present: Collection[str],
    today: date,
) -> list[Absence]:
    """Return the absences of a partition after another document.

    Args:
        earlier: those before it.
        sent: the columns that documents of the stream had before this one.
        compared: how many of ``sent`` the earlier documents of the partition were compared with.
        present: the columns of the document.
        today: the date of the document.
    """
    before = {each.column: each for each in earlier}
    after = []
    for number, column in enumerate(sent):
        if column in present:
            continue
        last = before.get(column)
        if number >= compared:
            after.append(Absence(column, 0, today.isoformat()))
        elif last is None:
            after.append(Absence(column, 1, today.isoformat()))
        elif last.documents == 0:
            after.append(last)
        else:
            after.append(Absence(column, min(last.documents + 1, ENOUGH), last.since))
    return after
