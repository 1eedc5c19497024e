"""The roles that an application needs for report types.

The facts and their sources are in `report_type_roles.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Role = Literal[
    "Amazon Fulfillment",
    "Brand Analytics",
    "Direct to Consumer Shipping (Restricted)",
    "Finance and Accounting",
    "Inventory and Order Tracking",
    "Pricing",
    "Product Listing",
    "Selling Partner Insights",
    "Tax Invoicing (Restricted)",
    "Tax Remittance (Restricted)",
]
"""Amazon's roles that open report types
(https://developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api)."""


class ReportTypeRoles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table."""

    any_of: tuple[Role, ...]
    """An application needs one of them."""
    report_types: tuple[str, ...]
    """SP-API's names."""
    source: str

    @property
    def words(self) -> str:
        """Return the names of the roles, such as ``A, B or C``."""
        *first, last = self.any_of
        return f"{', '.join(first)} or {last}" if first else last

    def describe(self) -> str:
        """Return what an application needs in words, such as ``one of the roles A or B``."""
        return f"{'one of the roles' if len(self.any_of) > 1 else 'the role'} {self.words}"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    roles: list[ReportTypeRoles]


@cache
def all_roles() -> tuple[ReportTypeRoles, ...]:
    """Return all rows of the table."""
    text = files(__package__).joinpath("report_type_roles.toml").read_text("utf-8")
    return tuple(msgspec.toml.decode(text, type=_File).roles)


@cache
def _by_type() -> Mapping[str, ReportTypeRoles]:
    return {name: row for row in all_roles() for name in row.report_types}


def roles_for(sp_api_name: str) -> ReportTypeRoles | None:
    """Return the roles of a report type, by SP-API's name; None if no source names any."""
    return _by_type().get(sp_api_name)
