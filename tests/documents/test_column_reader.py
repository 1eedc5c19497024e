"""A column at once gives what its cells give one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.documents.cells import reader
from tap_mws_reports.documents.cells.timestamps import instant_reader
from tap_mws_reports.documents.column_reader import (
    InstantReader,
    TextReader,
    TimestampReader,
    ValueReader,
)
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.report_types import Kind

FORMATS = MarketplaceFormat(time_zone="Europe/Paris", date_order="DMY", decimal_mark=",")
DAYS = st.dates(date(1990, 1, 1), date(2050, 1, 1))
MOMENTS = st.one_of(
    st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda moment: moment.isoformat(timespec="seconds")
    ),
    st.from_regex(
        r"[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6]0:00(Z|[+-][01]0:00)", fullmatch=True
    ),
    DAYS.map(str),
)
NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"-?[0-9]{1,4}[.,][0-9]{1,7}", fullmatch=True),
)
CELLS = st.one_of(MOMENTS, NUMBERS, st.sampled_from(["", " ", "--", "N/A", "true", "x\ny"]))


def one_by_one(read: Callable[[str], object], cells: list[str]) -> tuple[list[object], list[int]]:
    values: list[object] = []
    invalid_positions = []
    for place, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except ValueError:
            values.append(None)
            invalid_positions.append(place)
    return values, invalid_positions


@given(
    blocks=st.lists(st.lists(CELLS, min_size=1)), kind=st.sampled_from(Kind), local=st.booleans()
)
def test_values_equal_the_cells(blocks: list[list[str]], kind: Kind, local: bool) -> None:
    read = reader(kind, FORMATS, local_numbers=local)
    column = {Kind.TEXT: TextReader(), Kind.TIMESTAMP: TimestampReader(read)}.get(
        kind, ValueReader(read)
    )

    for cells in blocks:
        values, invalid_positions = one_by_one(read, cells)
        assert list(column(cells)) == values
        assert list(column.invalid_positions) == invalid_positions


@given(moments=st.lists(MOMENTS, min_size=1))
def test_timestamps_equal_the_cells(moments: list[str]) -> None:
    read = reader(Kind.TIMESTAMP, FORMATS)
    column = TimestampReader(read)

    assert (list(column(moments)), list(column.invalid_positions)) == one_by_one(read, moments)


OFFSETS = st.sampled_from(["Z", "+00:00", "-00:00", "-07:00", "+14:00", "+05:30", "-08:00"])
SECONDS = st.one_of(
    st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1)),  # noqa: DTZ001
    st.sampled_from(
        [datetime(1, 1, 1), datetime(9999, 12, 31, 23), datetime(2024, 2, 29, 22)]  # noqa: DTZ001
    ),
).map(lambda moment: moment.isoformat(timespec="seconds"))
TOLD = st.builds(str.__add__, SECONDS, OFFSETS)


def instants_one_by_one(cells: list[str]) -> tuple[list[object], list[object], list[int]]:
    instants, invalid_positions = one_by_one(instant_reader(FORMATS), cells)
    told = [each or (None, None) for each in instants]
    offsets = [offset for _, offset in told]  # type: ignore[misc]
    return [utc for utc, _ in told], offsets if any(offsets) else [], invalid_positions  # type: ignore[misc]


@pytest.mark.parametrize("cells", [TOLD, TOLD | st.just(""), TOLD | CELLS])
@given(data=st.data())
def test_instants_equal_the_cells(cells: st.SearchStrategy[str], data: st.DataObject) -> None:
    column = InstantReader(instant_reader(FORMATS))

    for block in data.draw(st.lists(st.lists(cells, min_size=1), max_size=3)):
        values, offsets = list(column(block)), list(column.offsets)
        if not any(offsets):
            offsets = []
        assert (values, offsets, list(column.invalid_positions)) == instants_one_by_one(block)


def test_offsets_of_one_block_are_not_those_of_the_next() -> None:
    column = InstantReader(instant_reader(FORMATS))

    assert list(column(["2020-01-05T10:00:00-07:00", ""])) == ["2020-01-05T17:00:00+00:00", None]
    assert column.offsets == ["-07:00", None]
    assert list(column(["2020-01-05T10:00:00Z"])) == ["2020-01-05T10:00:00+00:00"]
    assert not column.offsets


@pytest.mark.parametrize("cell", ["\n", "\n\n", "2023-01-01T00:00:00Z\n2023-01-02T00:00:00Z"])
def test_line_feeds_in_a_cell_do_not_split_it(cell: str) -> None:
    read = reader(Kind.TIMESTAMP, FORMATS)
    column, cells = TimestampReader(read), ["2023-01-01T00:00:00Z", cell, ""]

    assert (list(column(cells)), list(column.invalid_positions)) == one_by_one(read, cells)


@pytest.mark.parametrize("year", [2023, 2024, 1900, 2000])
def test_every_day_of_a_year_is_read_as_itself(year: int) -> None:
    column = TimestampReader(reader(Kind.TIMESTAMP, FORMATS))
    start = date(year, 1, 1)
    days = {
        str(start + timedelta(days))
        for days in range(365 + (date(year, 12, 31).timetuple().tm_yday == 366))
    }

    for month in range(14):
        for day in range(33):
            text = f"{year}-{month:02}-{day:02}"
            (value,) = column([f"{text}T10:00:00Z"])
            assert (value is not None) == (text in days)


def test_digits_of_decimals_are_passed_on_unchanged() -> None:
    column = ValueReader(reader(Kind.DECIMAL, MarketplaceFormat(), exact=str))

    assert column(["1.50", "-0", "1e5", "", "7."]) == ["1.50", "-0", "1E+5", None, "7"]
    assert column(["1.50", "12 pcs"]) == ["1.50", None]
    assert column.invalid_positions == [1]
    assert Decimal("1.50").as_tuple() == Decimal(str(column(["1.50"])[0])).as_tuple()


def test_values_that_did_not_fit_do_not_fit_later() -> None:
    column = ValueReader(reader(Kind.INTEGER, MarketplaceFormat()))

    assert [(list(column(["1", "x"])), column.invalid_positions) for _ in range(2)] == [
        ([1, None], [1])
    ] * 2
