from __future__ import annotations

from typing import Literal

import pytest

from tap_mws_reports.documents.cells.dates import date_reader
from tap_mws_reports.documents.document_reader import MarketplaceFormat

Order = Literal["MDY", "DMY", "YMD"]

READABLE: list[tuple[str, Order, str]] = [
    ("2024-10-09", "MDY", "2024-10-09"),
    ("2024-10-09", "DMY", "2024-10-09"),
    ("2021/4/7", "DMY", "2021-04-07"),
    ("4/3/25", "MDY", "2025-04-03"),
    ("4/3/25", "DMY", "2025-03-04"),
    ("25/4/3", "YMD", "2025-04-03"),
    ("3.4.25", "DMY", "2025-04-03"),
    ("09/06/25", "DMY", "2025-06-09"),
    ("29-02-2020", "DMY", "2020-02-29"),
    ("02-29-2020", "MDY", "2020-02-29"),
    ("17.05.2025", "MDY", "2025-05-17"),
    ("17.05.2025", "YMD", "2025-05-17"),
    ("16-Mar-2024", "MDY", "2024-03-16"),
    ("10 July 2025", "MDY", "2025-07-10"),
    ("Jun 8, 2025", "DMY", "2025-06-08"),
    ("Sept 8 2025", "DMY", "2025-09-08"),
    (" 2024-10-09 ", "YMD", "2024-10-09"),
    ("2021-05-24T00:00:00-07:00", "MDY", "2021-05-24"),
    ("2026-06-17 00:00:00 UTC", "MDY", "2026-06-17"),
    ("2026-06-17 0:00", "MDY", "2026-06-17"),
    ("10/07/2022", "DMY", "2022-07-10"),
    ("10/07/2022", "MDY", "2022-10-07"),
    ("16-Mrz-2024", "DMY", "2024-03-16"),
    ("8 juin 2025", "DMY", "2025-06-08"),
    ("1er janv. 2025", "DMY", "2025-01-01"),
    ("8. März 2025", "DMY", "2025-03-08"),
    ("8 giu 2025", "DMY", "2025-06-08"),
    ("8 de junio de 2025", "DMY", "2025-06-08"),
    ("8 cze 2025", "DMY", "2025-06-08"),
    ("8 AĞU 2025", "DMY", "2025-08-08"),
    ("8\u00a0août\u202f2025", "DMY", "2025-08-08"),
    ("2022年9月14日", "YMD", "2022-09-14"),
]

UNREADABLE: list[tuple[str, Order]] = [
    ("25/12/2024", "MDY"),  # never turned round, however clear it looks
    ("12/25/2024", "DMY"),
    ("12/25/2024", "YMD"),
    ("2024-13-01", "YMD"),
    ("2023-02-29", "YMD"),
    ("2024-02", "YMD"),
    ("2020-FEB", "YMD"),
    ("04/2023", "MDY"),
    ("5/6/7", "DMY"),
    ("5/6/025", "DMY"),
    ("5/6-25", "DMY"),
    ("16-Mzr-2024", "DMY"),
    ("16-Mar-24", "DMY"),
    ("2022年9月", "YMD"),
    ("2022-09", "YMD"),
    ("2026-06-17 05:00:00 UTC", "YMD"),
    ("yesterday", "YMD"),
    ("0000-01-01", "YMD"),
    ("٢٠٢٤-١٠-٠٩", "YMD"),
]


@pytest.mark.rows(("cell", "order", "expected"), READABLE)
def test_date(cell: str, order: Order, expected: str) -> None:
    assert date_reader(MarketplaceFormat(date_order=order))(cell) == expected


@pytest.mark.rows(("cell", "order"), UNREADABLE)
def test_text_that_is_not_a_date_in_that_order_does_not_fit(cell: str, order: Order) -> None:
    with pytest.raises(ValueError, match=".*"):
        date_reader(MarketplaceFormat(date_order=order))(cell)


@pytest.mark.parametrize("cell", ["", "  ", "--", "N/A"])
def test_no_date(cell: str) -> None:
    assert date_reader(MarketplaceFormat())(cell) is None
