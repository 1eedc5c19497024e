"""Whatever a cell holds, it is a value of its kind, or none, or does not fit; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.api.marketplaces import MARKETPLACES, Marketplace
from tap_mws_reports.documents import MarketplaceFormat
from tap_mws_reports.documents.cells import reader
from tap_mws_reports.documents.cells.dates import MONTHS
from tap_mws_reports.documents.cells.text import value_text
from tap_mws_reports.report_types import Kind

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
DAYS = st.dates(date(2000, 1, 1), date(2069, 12, 31))
# What cells are made of, so that chance makes more of them than text at large would.
PIECES = st.sampled_from(
    [
        *("0123456789" * 2),
        *".,-+:/ %()'年月日T\u00a0\u202f\u2212１",
        *("E-4", "$", "€", "USD", "kr", "true", "Nein", "はい", "N/A", "--"),
        *("UTC", "PDT", "GMT+9", "PM", "p.m.", "Z", "+09:00", *list(MONTHS)[::7]),
    ]
)
CELLS = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.text(max_size=20),
    AMOUNTS.map(str),
    DAYS.map(str),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
)
# What differs between marketplaces in a cell; one marketplace stands for all that agree in it.
PLACES = pytest.mark.parametrize(
    "place",
    {(each.date_order, each.decimal_mark): each for each in MARKETPLACES.values()}.values(),
    ids=lambda place: place.country,
)


def format_of(place: Marketplace) -> MarketplaceFormat:
    return MarketplaceFormat(place.code_page, place.time_zone, place.date_order, place.decimal_mark)


def is_moment(value: object) -> bool:
    return datetime.fromisoformat(str(value)).tzinfo is not None


IS_OF_KIND: dict[Kind, Callable[[object], bool]] = {
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.INTEGER: lambda value: type(value) is int,
    Kind.DECIMAL: lambda value: isinstance(value, Decimal) and value.is_finite(),
    Kind.BOOLEAN: lambda value: type(value) is bool,
    Kind.DATE: lambda value: date.fromisoformat(str(value)).isoformat() == value,
    Kind.TIMESTAMP: is_moment,
}


@PLACES
@given(kind=st.sampled_from(Kind), local=st.booleans(), cell=CELLS)
def test_cell_is_a_value_of_its_kind_or_none_or_does_not_fit(
    place: Marketplace, kind: Kind, local: bool, cell: str
) -> None:
    read = reader(kind, format_of(place), local_numbers=local)
    try:
        value = read(cell)
    except ValueError:
        assert kind is not Kind.TEXT
        assert value_text(cell) is not None
        return
    if value is None:
        assert value_text(cell) is None
    else:
        assert IS_OF_KIND[kind](value)


@PLACES
@given(amount=AMOUNTS, dress=st.sampled_from(["{}", "{} €", "€{}", "CHF {}", "{} %", " {} "]))
def test_amount_written_as_in_a_marketplace_keeps_its_digits(
    place: Marketplace, amount: Decimal, dress: str
) -> None:
    written = f"{amount:,}"
    if place.decimal_mark == ",":
        written = written.translate(str.maketrans(",.", ".,"))
    read = reader(Kind.DECIMAL, format_of(place), local_numbers=True)

    assert str(read(dress.format(written))) == str(amount)


@PLACES
@given(amount=AMOUNTS, gap=st.sampled_from("\u00a0\u202f '’"), mark=st.sampled_from(".,"))
def test_thousands_separated_by_spaces_are_unambiguous(
    place: Marketplace, amount: Decimal, gap: str, mark: str
) -> None:
    written = f"{amount:,}".translate(str.maketrans(",.", gap + mark))
    for local in (True, False):
        if abs(amount) >= 1000 or mark == "." or (local and place.decimal_mark == ","):
            read = reader(Kind.DECIMAL, format_of(place), local_numbers=local)

            assert str(read(written)) == str(amount)


@PLACES
@given(day=DAYS, separator=st.sampled_from("/-"), long=st.booleans())
def test_day_written_as_in_a_marketplace_is_that_day(
    place: Marketplace, day: date, separator: str, long: bool
) -> None:
    parts = {"Y": f"{day.year}" if long else f"{day.year % 100:02}", "M": day.month, "D": day.day}
    written = separator.join(str(parts[part]) for part in place.date_order)

    assert reader(Kind.DATE, format_of(place))(written) == day.isoformat()


@given(day=DAYS, name=st.sampled_from(sorted(MONTHS)), clock=st.times())
def test_timestamp_with_a_month_name_is_parsed(day: date, name: str, clock: datetime) -> None:
    number = MONTHS[name]
    day = day.replace(month=number, day=min(day.day, 28))
    clock = clock.replace(microsecond=0)
    read = reader(Kind.TIMESTAMP, MarketplaceFormat())

    written = read(f"{day.day} {name} {day.year} {clock.isoformat()} UTC")

    assert written == f"{day}T{clock.isoformat()}+00:00"
