"""What sellers trade: goods, orders and all that follows from them, the same for the same seed."""

from __future__ import annotations

from tap_mws_reports.sandbox.sample_data.seller_data import SellerData, seller_data

__all__ = ["SellerData", "seller_data"]
