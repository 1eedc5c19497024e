from __future__ import annotations

from datetime import date, timedelta

from tap_mws_reports.streams.absent_columns import Absence, absences_after

FIRST = date(2026, 6, 16)
SENT = ["sku", "moved", "asin"]


def after(documents: list[set[str]], sent: list[str] = SENT) -> list[Absence]:
    """Return the absences after some documents, one a day, of a partition that had all columns."""
    absences: list[Absence] = []
    for number, present in enumerate(documents):
        day = FIRST + timedelta(days=number)
        absences = absences_after(
            absences, sent=sent, compared=len(sent), present=present, today=day
        )
    return absences


def test_a_column_is_absent_after_three_documents_without_it() -> None:
    lacking = {"sku", "asin"}
    assert not after([lacking] * 2)[0].has_gone
    assert after([lacking] * 3) == [Absence("moved", 3, "2026-06-16")]
    assert after([lacking] * 30) == [Absence("moved", 3, "2026-06-16")]


def test_a_returning_column_is_counted_from_zero() -> None:
    lacking = {"sku", "asin"}
    assert after([lacking, lacking, {*SENT}, lacking]) == [Absence("moved", 1, "2026-06-19")]
    assert after([lacking, {*SENT}]) == []


def test_a_column_of_other_types_is_not_absent() -> None:
    absences: list[Absence] = []
    for compared in (0, 3, 3, 3, 3):
        absences = absences_after(
            absences, sent=SENT, compared=compared, present={"sku", "asin"}, today=FIRST
        )
    assert absences == [Absence("moved", 0, "2026-06-16")]
