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
    ("12.50", ".", ".", "12.50"),
    ("1,23,456.00", ".", ".", "123456.00"),
    # Currency and percent signs are left out.
    ("￥32,928", ".", ".", "32928"),
    ("32,928円", ".", ".", "32928"),
    ("$5.00", ".", ".", "5.00"),
    ("-$5.00", ".", ".", "-5.00"),
    ("$-5.00", ".", ".", "-5.00"),
    ("US$ 1,234.50", ".", ".", "1234.50"),
    ("GBP 12.99", ".", ".", "12.99"),
    ("12.99 GBP", ".", ".", "12.99"),
    ("₹1,23,456.50", ".", ".", "123456.50"),
    ("R$ 1.234,50", ",", ",", "1234.50"),
    ("12,99 €", ",", ",", "12.99"),
    ("12,99\u00a0€", ",", ",", "12.99"),
    ("-12,99 zł", ",", ",", "-12.99"),
    ("99,00 kr", ",", ",", "99.00"),
    ("4.64%", ".", ".", "4.64"),
    ("4,64 %", ",", ",", "4.64"),
    # Other characters for a minus, and one that stands behind.
    ("\u22125.00", ".", ".", "-5.00"),
    ("\uff0d５００", ".", ".", "-500"),
    ("5.00-", ".", ".", "-5.00"),
    ("5,00-€", ",", ",", "-5.00"),
    # Thousands parted by a blank or an apostrophe.
    ("1 234", ",", ",", "1234"),
    ("1\u202f234,56", ",", ",", "1234.56"),
    ("-1\u00a0234\u00a0567,8", ",", ",", "-1234567.8"),
    ("1\u202f234,567 €", ",", ",", "1234.567"),
    ("CHF 1’234.50", ",", ",", "1234.50"),
    ("1'234'567", ".", ".", "1234567"),
    ("8.0E-4%", ".", ".", "0.00080"),
    # A minus as spreadsheets write it.
    ("(12.50)", ".", ".", "-12.50"),
    ("(1,234.50)", ".", ".", "-1234.50"),
    ("($12.50)", ".", ".", "-12.50"),
    ("$(12.50)", ".", ".", "-12.50"),
    ("(12,50) €", ",", ",", "-12.50"),
    ("(12,50 €)", ",", ",", "-12.50"),
    ("（500）", ".", ".", "-500"),
    # The marketplace has a decimal comma: a point separates thousands.
    ("1.234", ",", ",", "1234"),
    ("-123.456", ",", ",", "-123456"),
    ("1.234 €", ",", ",", "1234"),
    ("(1.234)", ",", ",", "-1234"),
    ("0.125", ",", ",", "0.125"),
    ("97.80%", ",", ",", "97.80"),
    ("1.234,56%", ",", ",", "1234.56"),
    ("1.2345", ",", ",", "1.2345"),
]

UNREADABLE = [
    ("1,234", ".", ","),  # a thousand in one habit, one and a bit in the other
    ("95,00", ".", "."),
    ("1,2,345,678", ".", "."),
    ("1,23,45", ".", "."),
    ("$1,234", ".", ","),  # a sign makes it no surer
    ("(-5.00)", ".", "."),
    ("-(5.00)", ".", "."),
    ("(5.00", ".", "."),
    ("((5.00))", ".", "."),
    ("()", ".", "."),
    ("5 (00)", ".", "."),
    ("(1,234)", ".", ","),
    ("(five)", ".", "."),
    ("-5.00-", ".", "."),
    ("€5.00$%", ".", "."),
    ("5.00 XYZ", ".", "."),
    ("3 pcs", ".", "."),
    ("€", ".", "."),
    ("12 34", ".", "."),
    ("1 2345", ".", "."),
    ("1 234'567", ".", "."),
    ("1 234,567,890", ".", "."),
    ("5²", ".", "."),
    ("1/2", ".", "."),
    ("NaN", ".", "."),
    ("Infinity", ".", "."),
    ("1_000", ".", "."),
    ("١٢", ".", "."),
    ("1E9999", ".", "."),
    ("--1", ".", "."),
    ("---", ".", "."),
    # A group of thousands does not begin with a zero.
    ("0,999", ".", "."),
    ("0,123,456", ".", "."),
    ("00,999.50", ".", "."),
    ("0.123.456", ",", ","),
    # A percentage with three decimals, or over a thousand.
    ("20.022%", ",", ","),
    ("-20.022 %", ",", ","),
    (".", ".", "."),
    ("1 23", ",", ","),
    pytest.param("9" * 1_000_000 + "€", ".", ".", id="a million digits"),
    pytest.param("1" * 1_001 + ".", ".", ".", id="a thousand digits"),
]


@pytest.mark.rows(("cell", "mark", "habit", "digits"), READABLE)
def test_decimal_has_the_digits_of_the_cell(cell: str, mark: str, habit: str, digits: str) -> None:
    value = decimal_reader(mark, habit)(cell)

    assert isinstance(value, Decimal)
    assert format(value, "f") == digits


@pytest.mark.parametrize(("cell", "mark", "habit"), UNREADABLE)
def test_ambiguous_numbers_do_not_fit(cell: str, mark: str, habit: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        decimal_reader(mark, habit)(cell)
    with pytest.raises(ValueError, match=".*"):
        integer_reader(mark, habit)(cell)


@pytest.mark.parametrize(
    "cell", ["", " ", "\t", "--", "N/A", " -- ", "-", " - ", "\u2013", "\u2014"]
)
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
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9,223,372,036,854,775,807", 2**63 - 1),
        ("9.223372036854775807E+18", 2**63 - 1),
        ("1 234", 1234),
        ("100 %", 100),
    ],
)
def test_integer(cell: str, expected: int) -> None:
    value = integer_reader(".", ".")(cell)

    assert type(value) is int
    assert value == expected


BEYOND = [
    "9223372036854775808",
    "-9223372036854775809",
    "9223372036854775807.5",
    "12345678901234567890123",
    "1E+19",
    "1E+999",
]


@pytest.mark.parametrize("cell", ["1.5", "3.5", "0.0001", "five", "1" * 5000, *BEYOND])
def test_integer_that_does_not_fit(cell: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        integer_reader(".", ".")(cell)


@pytest.mark.parametrize(
    ("cell", "mark", "habit", "expected"),
    [
        ("3,200", ",", ",", 3200),
        ("1,000", ",", ",", 1000),
        ("-1,234,567", ",", ",", -1234567),
        (" 7,391 ", ".", ",", 7391),
        ("1.200", ",", ",", 1200),
        ("656", ",", ",", 656),
        ("5,00", ",", ",", 5),
    ],
)
def test_integer_with_commas_between_thousands(
    cell: str, mark: str, habit: str, expected: int
) -> None:
    assert integer_reader(mark, habit, grouped=True)(cell) == expected


@pytest.mark.parametrize(
    ("cell", "mark", "habit"),
    [
        ("1,000", ",", ","),
        ("12,000", ",", ","),
        (" -3,000 ", ",", ","),
        ("1.000", ".", ","),
        ("12.000", ".", ","),
    ],
)
def test_integer_that_may_be_one_or_a_thousand_does_not_fit(
    cell: str, mark: str, habit: str
) -> None:
    with pytest.raises(ValueError, match=".*"):
        integer_reader(mark, habit)(cell)
