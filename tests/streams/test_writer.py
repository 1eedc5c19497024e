"""Whole lines only, whenever a stop is asked for."""

from __future__ import annotations

import pytest
from singer_sdk.contrib.msgspec import MsgSpecWriter

from tap_mws_reports.streams.writer import Interrupted, LineWriter


def test_a_stop_between_two_lines_comes_at_once() -> None:
    with pytest.raises(Interrupted):
        LineWriter().ask_to_stop()


def test_a_stop_within_a_line_waits_for_its_end(monkeypatch, capsysbinary) -> None:
    writer = LineWriter()

    def asked_meanwhile(_self, _message) -> bytes:
        writer.ask_to_stop()
        return b"a whole line\n"

    monkeypatch.setattr(MsgSpecWriter, "format_message", asked_meanwhile)
    with pytest.raises(Interrupted):
        writer.write_message(object())
    assert capsysbinary.readouterr().out == b"a whole line\n"


def test_a_stop_within_a_block_of_lines_waits_for_its_end(monkeypatch, capsysbinary) -> None:
    writer = LineWriter()
    monkeypatch.setattr(writer, "_stop_asked", True)

    with pytest.raises(Interrupted):
        writer.write_lines(b"one\ntwo\n")
    assert capsysbinary.readouterr().out == b"one\ntwo\n"
