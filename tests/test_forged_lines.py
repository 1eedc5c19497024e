"""Text from Amazon cannot control a terminal or look like a line of the log."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_mws_reports.cli import main, output
from tap_mws_reports.errors import Incomplete, RequestRefused, TapError, printable
from tap_mws_reports.streams.base_tap import keep_records_in_one_line

LINE = "2026-01-01 00:00:00 INFO all is well"
FORGED = {
    "line feed": f"no\n{LINE}",
    "indented line": f"no\n  {LINE}",
    "carriage return": f"no\r{LINE}",
    "both": f"no\r\n{LINE}",
    "form feed": f"no\x0c{LINE}",
    "vertical tab": f"no\x0b{LINE}",
    "group separator": f"no\x1d{LINE}",
    "next line": f"no\x85{LINE}",
    "line separator": f"no\u2028{LINE}",
    "paragraph separator": f"no\u2029{LINE}",
    "colour": f"no\x1b[2K\x1b[32m{LINE}",
    "title of the window": "no\x1b]0;all is well\x07",
    "C1 sequence": f"no\x9b2K{LINE}",
    "backspaces": "no" + "\x08" * 9 + LINE,
    "null": "no\x00",
    "delete": "no\x7f",
    "right to left": f"no\u202e{LINE}",
    "isolate": f"no\u2067{LINE}",
}


def error_lines(text: str) -> str:
    error = RequestRefused(text, where=text, hint=text, amazon_code=text, request_id=text)
    assert error.amazon_code == printable(text)
    assert error.render().count("\n") == 3
    return error.render().replace("\n", "") + str(error)


def list_of_errors(text: str) -> str:
    shown = Incomplete(f"2 reports:\n  - {TapError(text)}\n  - {TapError(text)}").render()
    assert shown.count("\n") == 2
    return shown.replace("\n", "")


def log_line(text: str) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger()
    logger.addHandler(handler)
    try:
        keep_records_in_one_line()
        logging.getLogger("tap_mws_reports.case").error("report %s of %d", text, 1)
        logging.getLogger("tap_mws_reports.case").error(text)
    finally:
        logger.removeHandler(handler)
    first, second, rest = stream.getvalue().split("\n")
    assert not rest
    return first + second


PLACES: dict[str, Callable[[str], str]] = {
    "error": error_lines,
    "list of errors": list_of_errors,
    "log": log_line,
}


def commanding(text: str) -> list[str]:
    """Return the characters of a text that are not text."""
    return [each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"}]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.rows("forged", list(FORGED))
def test_no_log_or_message_has_a_forged_line(place: str, forged: str) -> None:
    shown = PLACES[place](FORGED[forged])
    assert not commanding(shown)
    assert "no" in shown


@pytest.mark.rows("forged", list(FORGED))
def test_no_table_has_a_forged_line(forged: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = FORGED[forged]
    output.show([{"id": text, "all": [text]}], {"id": "Id", "all": "All"}, as_json=False, empty="")
    shown = capsys.readouterr().out
    assert not commanding(shown.replace("\n", ""))
    assert not any(line.startswith("2026") for line in shown.splitlines())


@pytest.mark.rows("forged", list(FORGED))
def test_no_summary_has_a_forged_line(
    forged: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FORGED[forged].replace("\n", " ").replace("\r", " ").replace("\x00", " ")
    document = tmp_path / "report.txt"
    document.write_text(f"sku\t{text}\nA\t{text}\nB\n", encoding="utf-8", newline="")
    main(["read", str(document), "--charset", "utf-8"])
    shown = capsys.readouterr().err
    assert not commanding(shown.replace("\n", ""))
    assert not any(line.startswith("2026") for line in shown.splitlines())


@pytest.mark.parametrize("text", ["", "plain", "日本語 é ß", "a\tb", "back\\slash"])
def test_printable_text_is_unchanged(text: str) -> None:
    assert printable(text) == text
