"""The log as programs read it."""

from __future__ import annotations

import json
import logging

from singer_sdk.logging import StructuredFormatter

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"


def as_meltano_logs(
    level: str, event: str, *, name: str = "", stream_name: str = "", **fields: object
) -> dict[str, object]:
    """Take the arguments that Meltano's logger has, and return what is left for the tap."""
    assert (level, event, name, stream_name) == ("info", "message", "", "")  # these are free
    return fields


def test_meltano_can_log_every_field(harness, caplog) -> None:
    """Its loggers take a message and a level by name, so no field may be named so."""
    with caplog.at_level(logging.DEBUG, "tap_mws_reports"):
        harness.run({"type": ORDERS, "window_days": 2})
    lines = [json.loads(StructuredFormatter().format(record)) for record in caplog.records]
    told = [as_meltano_logs("info", "message", **line.get("extra", {})) for line in lines]
    events = {fields.get("report_event") for fields in told}
    assert {"requested", "ready", "downloaded", "waiting"} <= events
