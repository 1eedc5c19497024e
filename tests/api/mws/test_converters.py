from __future__ import annotations

import logging

import pytest

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.mws import converters


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("_SUBMITTED_", ProcessingStatus.SUBMITTED),
        ("_IN_PROGRESS_", ProcessingStatus.IN_PROGRESS),
        ("_CANCELLED_", ProcessingStatus.CANCELLED),
        ("_DONE_", ProcessingStatus.DONE),
        ("_DONE_NO_DATA_", ProcessingStatus.DONE_NO_DATA),
        ("DONE", ProcessingStatus.DONE),
    ],
)
def test_statuses(text: str, status: ProcessingStatus) -> None:
    assert converters.processing_status(text) is status


def test_an_unknown_status_is_unfinished_and_its_text_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        status = converters.processing_status("_HIBERNATING_")
    assert not status.final
    assert "_HIBERNATING_" in caplog.text
