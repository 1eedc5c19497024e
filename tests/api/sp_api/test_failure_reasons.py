from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tap_mws_reports.api.sp_api.document_download import failure_reason

SENTENCE = b"Date range exceeded. Report can be requested only upto 30 days"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errorDetails": "Weeks begin on Sundays."}', "Weeks begin on Sundays."),
        (gzip.compress(b'{"errorDetails": "No."}', mtime=0), "No."),
        (SENTENCE, SENTENCE.decode()),
        (b'{"other": "thing"}', '{"other": "thing"}'),
        (b'["a list"]', '["a list"]'),
        (b"caf\xe9\n\tau lait", "caf\N{REPLACEMENT CHARACTER} au lait"),
        (b"", "its document is empty"),
        (gzip.compress(SENTENCE, mtime=0)[:20], "its document is empty"),
        (b"\x1f\x8bno gzip", "its document is empty"),
        (b"x" * 600, "x" * 500 + " ..."),
    ],
)
def test_the_reason_of_a_failure_document(tmp_path: Path, body: bytes, words: str) -> None:
    (tmp_path / "report").write_bytes(body)
    error = failure_reason(tmp_path / "report", "1019792")
    assert error.what == f"Amazon ended report 1019792 as FATAL: {words}"
    assert error.hint
