"""The recording shows what the demo printed, and nothing of the machine it ran on."""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import record_demo

ROOT = Path(__file__).parents[2]


def words(svg: str) -> str:
    return " ".join(etree.fromstring(svg.encode()).itertext()).replace("\N{NO-BREAK SPACE}", " ")


def test_the_lines_are_shown_without_the_port() -> None:
    svg = record_demo.picture("1. Sandbox: http://127.0.0.1:36449\n   orders   974  <&>\n")
    assert "1. Sandbox: http://127.0.0.1:8080" in words(svg)
    assert "orders   974  <&>" in words(svg)
    assert "font-face" not in svg


def test_the_checked_in_recording_is_small_and_of_this_demo() -> None:
    svg = (ROOT / "docs" / "demo.svg").read_text("utf-8")
    assert len(svg) < 100_000
    shown = words(svg)
    for text in ("$ make demo", "Every row that was sent is in its table", "amazon.html"):
        assert text in shown
    assert str(ROOT) not in shown
    assert "![" in (ROOT / "README.md").read_text("utf-8")
