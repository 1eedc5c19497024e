from __future__ import annotations

import pytest
from report_pages.own_columns import described, own_columns

from tap_mws_reports.report_types import Kind, all_known

NAMES = {name for known in all_known() for stream in known.streams for name in own_columns(stream)}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_own_column_has_a_meaning(name) -> None:
    assert described(name).meaning


def test_own_columns_are_not_columns_of_reports(day) -> None:
    own = own_columns(day)

    assert "day" not in own
    assert own["_row_number"] is Kind.INTEGER
    assert own["_data_end"] is Kind.TIMESTAMP
