from __future__ import annotations

import pyarrow as pa
import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import Column, MarketplaceFormat, RecordBatch
from tap_mws_reports.documents.kind_hints import KindJudge, new_columns_judge
from tap_mws_reports.report_types import Kind

UNKNOWN = report_types.load("GET_SOMETHING_NEW")
PAYMENTS = report_types.load("GET_DATE_RANGE_FINANCIAL_TRANSACTION_DATA")
GERMAN = MarketplaceFormat("cp1252", "Europe/Berlin", "DMY", ",")
AMERICAN = MarketplaceFormat("cp1252", "America/Los_Angeles", "MDY", ".")


def judge_of(name: str, header: str, *, german: bool = False) -> KindJudge:
    column = Column(name, header, Kind.TEXT, known=False)
    report_type, place = (PAYMENTS, GERMAN) if german else (UNKNOWN, AMERICAN)
    return KindJudge([column], report_type, place)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", None], Kind.INTEGER),
        (["1", "2.5"], Kind.DECIMAL),
        (["$1,204", "1.5%"], Kind.DECIMAL),
        (["5/17/2026", "2026-05-17"], Kind.DATE),
        (["2026-05-17", "2026-05-17T09:30:00Z"], None),
        (["2026-05-17 09:30:00 PDT"], Kind.TIMESTAMP),
        (["1", "one"], None),
        (["17/5/2026"], None),
        (["01"], None),
        (["0", "0.5", "-0.5"], Kind.DECIMAL),
        (["12345678901234567"], None),
        ([None], None),
        ([], None),
    ],
)
def test_all_cells_decide_the_kind(cells: list[str | None], kind: Kind | None) -> None:
    judge = judge_of("thing", "Thing")
    judge.look_at(RecordBatch(("thing",), (cells,)))

    assert [hint.kind for hint in judge.hints()] == ([kind] if kind else [])


def test_a_later_batch_overrules_the_hint() -> None:
    judge = judge_of("thing", "Thing")
    for cells in (["1"], ["1.5"], [None]):
        judge.look_at(RecordBatch(("other", "thing"), (["x"], cells)))
    (hint,) = judge.hints()
    assert (hint.kind, hint.cells) == (Kind.DECIMAL, 2)

    judge.look_at(RecordBatch(("thing",), (["many"],)))
    judge.look_at(RecordBatch(("thing",), (["1"],)))
    assert judge.hints() == []


def test_a_marketplace_decides_the_decimal_mark() -> None:
    judge = judge_of("amount", "Betrag", german=True)
    judge.look_at(RecordBatch(("amount",), (["1.234,50 €", "7"],)))

    assert [hint.line for hint in judge.hints()] == ['"Betrag" = "decimal"']


@pytest.mark.parametrize("name", ["order_id", "sku", "parent_asin", "postal_code", "phone_number"])
def test_identifiers_are_not_numbers(name: str) -> None:
    judge = judge_of(name, name)
    judge.look_at(RecordBatch((name,), (["1", "2"],)))

    assert judge.hints() == []


def test_a_header_is_quoted_for_the_entry() -> None:
    judge = judge_of("size", 'Size "L" – größe')
    judge.look_at(RecordBatch(("size",), (["1"],)))

    assert [hint.line for hint in judge.hints()] == ['"Size \\"L\\" – größe" = "integer"']


def test_arrow_arrays_are_examined() -> None:
    judge = judge_of("thing", "Thing")
    judge.look_at(RecordBatch(("thing",), (pa.array(["1", "1", None]),)))

    assert [(hint.kind, hint.cells) for hint in judge.hints()] == [(Kind.INTEGER, 2)]


def test_only_unknown_columns_are_examined() -> None:
    columns = [
        Column("known", "known", Kind.TEXT, known=True),
        Column("typed", "typed", Kind.DECIMAL, known=False),
        Column("new", "new", Kind.TEXT, known=False),
    ]
    judge = new_columns_judge(columns, UNKNOWN, AMERICAN)
    judge.look_at(RecordBatch(("known", "typed", "new"), (["1"], [1], ["1"])))

    assert [hint.column.name for hint in judge.hints()] == ["new"]


def test_a_second_column_with_a_known_header_is_not_judged() -> None:
    columns = [
        Column("total", "total", Kind.DECIMAL, known=True),
        Column("total_2", "Total", Kind.TEXT, known=False),
        Column("thing", "Thing", Kind.TEXT, known=False),
    ]
    judge = new_columns_judge(columns, PAYMENTS, AMERICAN)
    judge.look_at(RecordBatch(("total_2", "thing"), (["1"], ["2"])))

    assert [hint.column.name for hint in judge.hints()] == ["thing"]
