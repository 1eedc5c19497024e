from __future__ import annotations

from decimal import Decimal

import pytest

from tap_mws_reports.documents.cells.numbers import decimal_reader, integer_reader

READABLE = [
    # cell, mark of the document, mark of the marketplace, digits
    ("2580.00", ".", ".", "2580.00"),
    ("-175.84", ".", ".", "-175.84"),
    ("+3", ".", ".", "3"),
    (" 32.09    ", ".", ".", "32.09"),
    ("8.0E-4", ".", ".", "0.00080"),
    (".5", ".", ".", "0.5"),
    ("7.", ".", ".", "7"),
    ("-264,394.00", ".", ".", "-264394.00"),
    ("-264,394.00", ".", ",", "-264394.00"),
    ("1,234", ".", ".", "1234"),
    ("1,234,567", ".", ",", "1234567"),
    ("1.234", ".", ",", "1.234"),
    ("95,00", ",", ",", "95.00"),
    ("-,5", ",", ",", "-0.5"),
    ("1.095,40", ",", ",", "1095.40"),
    ("1.234.567", ",", ",", "1234567"),
    ("-14.25", ",", ",", "-14.25"),
    ("1,234", ",", ",", "1.234"),
    ("0.1000000000000000055511151231257827", ".", ".", "0.1000000000000000055511151231257827"),
]

UNREADABLE = [
    ("1,234", ".", ","),  # a thousand in one habit, one and a bit in the other
    ("1.234", ",", ","),
    ("95,00", ".", "."),
    ("1,23,456", ".", "."),
    ("$5.00", ".", "."),
    ("GBP 12.99", ".", "."),
    ("4.64%", ".", "."),
    ("NaN", ".", "."),
    ("Infinity", ".", "."),
    ("1_000", ".", "."),
    ("١٢", ".", "."),
    ("1E9999", ".", "."),
    ("--1", ".", "."),
    ("-", ".", "."),
    (".", ".", "."),
    ("1 234", ",", ","),
]


@pytest.mark.parametrize(("cell", "mark", "habit", "digits"), READABLE)
def test_decimal_has_the_digits_of_the_cell(cell: str, mark: str, habit: str, digits: str) -> None:
    value = decimal_reader(mark, habit)(cell)

    assert isinstance(value, Decimal)
    assert format(value, "f") == digits


@pytest.mark.parametrize(("cell", "mark", "habit"), UNREADABLE)
def test_text_that_is_no_sure_number_does_not_fit(cell: str, mark: str, habit: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        decimal_reader(mark, habit)(cell)
    with pytest.raises(ValueError, match=".*"):
        integer_reader(mark, habit)(cell)


@pytest.mark.parametrize("cell", ["", " ", "\t", "--", "N/A", " -- "])
def test_no_value(cell: str) -> None:
    assert decimal_reader(".", ".")(cell) is None
    assert integer_reader(".", ".")(cell) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0", 0),
        ("-5", -5),
        ("+5", 5),
        (" 7 ", 7),
        ("3.0", 3),
        ("1,234", 1234),
        ("1E3", 1000),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_integer(cell: str, expected: int) -> None:
    value = integer_reader(".", ".")(cell)

    assert type(value) is int
    assert value == expected


@pytest.mark.parametrize("cell", ["1.5", "0.0001", "five", "1" * 5000])
def test_integer_that_does_not_fit(cell: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        integer_reader(".", ".")(cell)
