from __future__ import annotations

import pytest

from tap_mws_reports.documents.cells import dates


def test_month_names_are_unique() -> None:
    for names in dates._LANGUAGES.values():  # noqa: SLF001 - the table is the case
        year = names.split(",")
        assert len(year) == 12
        for number, month in enumerate(year, start=1):
            assert {dates.MONTHS[name] for name in month.split()} == {number}


@pytest.mark.parametrize(
    ("name", "number"),
    [("Jan", 1), ("février", 2), ("MÄRZ", 3), ("maja", 5), ("Ağu", 8), ("dic", 12)],
)
def test_month_has_a_number_in_any_language(name: str, number: int) -> None:
    assert dates.month_number(name) == number


def test_other_words_are_not_months() -> None:
    with pytest.raises(ValueError, match="monday"):
        dates.month_number("monday")
