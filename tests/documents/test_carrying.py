from __future__ import annotations

from tap_mws_reports.documents.carrying import Carried


def test_last_value_above_holds_for_the_rows_below_it_over_blocks() -> None:
    carried = Carried()

    assert carried([None, "EUR", None]) == [None, "EUR", "EUR"]
    assert carried([None, None]) == ["EUR", "EUR"]
    assert carried(["USD", None]) == ["USD", "USD"]
