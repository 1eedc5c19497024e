"""Sample data: products, orders and what follows from them; the same seed gives the same data."""

from __future__ import annotations

from tap_mws_reports.sandbox.sample_data.seller_data import SellerData, seller_data

__all__ = ["SellerData", "seller_data"]
