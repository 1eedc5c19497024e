"""A report type without sample data ends without data, and the log says so once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.sandbox.account_entries import DONE_NO_DATA, SandboxReportSpec
from tap_mws_reports.sandbox.faults import Faults
from tap_mws_reports.sandbox.request_resolution import resolve_request

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNKNOWN = "_GET_DATA_THAT_ONLY_THIS_TEST_ASKS_FOR_"


def test_a_type_without_sample_data_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    spec = SandboxReportSpec(UNKNOWN, NOW, NOW, ("ATVPDKIKX0DER",))
    for _ in range(2):
        outcome = resolve_request(spec, [], NOW, Faults([]))
        assert outcome.status == DONE_NO_DATA
    assert caplog.messages == [
        f"The sandbox has no sample data of {UNKNOWN}: its reports end without data"
    ]
