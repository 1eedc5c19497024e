from __future__ import annotations

import pytest

from tap_mws_reports.documents.columns import without_dates

DATED = [
    (
        "Promo Required Qty - Goal 1 (5/15/2023 to 6/14/2023)",
        "Promo Required Qty - Goal 1",
        "5/15/2023 to 6/14/2023",
    ),
    ("Sales (2023-05-15)", "Sales", "2023-05-15"),
    ("Sales [15.05.2023 - 14.06.2023]", "Sales", "15.05.2023 - 14.06.2023"),
    ("Sales (5/15/23-6/14/23)", "Sales", "5/15/23-6/14/23"),
    ("Sales 2023-05", "Sales", "2023-05"),
    ("storage-fee-2023-05", "storage-fee-", "2023-05"),
    ("Fee 05/2023", "Fee", "05/2023"),
    ("Fee May 2023 total", "Fee   total", "May 2023"),
    ("Fee (May 15, 2023 to Jun 14, 2023)", "Fee", "May 15, 2023 to Jun 14, 2023"),
    ("Verkäufe 15. März 2023 bis 14. April 2023", "Verkäufe", "15. März 2023 bis 14. April 2023"),
    (
        "Frais du 1er janvier 2023 au 31 janvier 2023",
        "Frais du",
        "1er janvier 2023 au 31 janvier 2023",
    ),
    ("2020-FEB sales", "sales", "2020-FEB"),
    ("売上（2022年9月1日～2022年9月30日）", "売上", "2022年9月1日～2022年9月30日"),
]

NOT_DATED = [
    "Units sold last 30 days",
    "sales-shipped-last-7-days",
    "inv-age-271-to-365-days",
    "inv-age-0-to-90-days",
    "estimated-ais-366-455-days",
    "qty-charged-12-mo-long-term-storage-fee",
    "quantity-lower-bound-1",
    "ship-address-1",
    "Sales 2023",
    "FY2023-05",
    "goal 1/2",
    "version 2023-0512",
    "2023-05-15",
    "avaliable-quantity(sellable)",
    "estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees)",
    "may",
    "marketplace",
    "",
    f"a{' ' * 60_000}b",
]


@pytest.mark.parametrize(("header", "what", "dates"), DATED)
def test_dates_are_removed_from_a_header(header: str, what: str, dates: str) -> None:
    assert without_dates(header) == (what, dates)


@pytest.mark.parametrize("header", NOT_DATED)
def test_numbers_of_days_and_single_years_are_not_dates(header: str) -> None:
    assert without_dates(header) == (header, "")
