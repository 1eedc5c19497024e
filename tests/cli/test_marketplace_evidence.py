"""Amounts that have one meaning only tell the decimal mark of a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports.cli.detection import ANY_TYPE, open_detected

HEADER = "date/time,settlement id,type,order id,description,marketplace,product sales,total"


@pytest.mark.parametrize(
    ("amounts", "marketplace", "mark"),
    [
        # The amounts agree with the marketplace, or prove nothing.
        (["1.234,50", "5,00"], "amazon.de", ","),
        (["1.234", "7"], "amazon.de", ","),
        (["1,234", "7"], "amazon.com", "."),
        # An account in another language.
        (["1,234.50", "1,234"], "amazon.de", "."),
        (["5.00"], "amazon.de", "."),
        (["0.125"], "amazon.de", "."),
        (["1234.567"], "amazon.de", "."),
        (["123.567"], "amazon.de", ","),
        (["-$5.00"], "amazon.de", "."),
        (["1 234,50"], "amazon.ca", ","),
        (["1,234,567.5"], "amazon.de", "."),
        # Without a marketplace.
        (["5,00"], "", ","),
        # Both marks: nothing is decided.
        (["1,234.50", "5,00"], "amazon.de", ","),
        (["1.234,50", "5.00"], "amazon.com", "."),
        # No amounts.
        (["one.50 and 2,00", "1.2.2026", ""], "amazon.de", ","),
    ],
)
def test_amounts_tell_the_decimal_mark(
    tmp_path: Path, amounts: list[str], marketplace: str, mark: str
) -> None:
    path = tmp_path / "payments.csv"
    rows = [f'2026-01-02 03:04:05 UTC,1,Order,O,x,{marketplace},"{each}",1' for each in amounts]
    path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")

    found = open_detected(path, ANY_TYPE)

    assert found.marketplace.decimal_mark == mark
    assert found.table.marketplace_format.decimal_mark == mark
    assert ("the decimal mark by" in found.whose) is (
        mark != {"amazon.de": ","}.get(marketplace, ".")
    )


def test_a_marketplace_that_is_given_decides_about_amounts(tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_text(f"{HEADER}\n2026-01-02 03:04:05 UTC,1,Order,O,x,,5.00,1\n", "utf-8")

    found = open_detected(path, ANY_TYPE, "DE")

    assert found.table.marketplace_format.decimal_mark == ","


def test_amounts_of_a_type_without_local_numbers_are_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "fees.csv"
    path.write_text('reimbursement-id,sku,asin,amount-total\nR,S,A,"5,00"\n', "utf-8")

    assert open_detected(path, ANY_TYPE).marketplace.decimal_mark == "."
