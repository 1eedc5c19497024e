"""Which role an application needs for a report type.

Source: https://developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api
"""

from __future__ import annotations

_BY_ENDING = {
    "_SHIPPING": "Direct-to-Consumer Shipping (Restricted)",
    "_INVOICING": "Tax Invoicing (Restricted)",
    "_TAX": "Tax Remittance (Restricted)",
}
_BY_BEGINNING = {
    "GET_BRAND_ANALYTICS_": "Brand Analytics",
}


def role_for(report_type: str) -> str:
    """Return the role's name, or where to find it."""
    for ending, role in _BY_ENDING.items():
        if report_type.endswith(ending):
            return f"the role {role}"
    for beginning, role in _BY_BEGINNING.items():
        if report_type.startswith(beginning):
            return f"the role {role}"
    return "the role that Amazon's page of the report type names"
