"""Only whole lines are written, whenever and however often a stop is requested."""

from __future__ import annotations

import io
import sys
from signal import SIGINT, SIGTERM
from typing import Any

import pytest
from singer_sdk.contrib.msgspec import MsgSpecWriter

from tap_mws_reports.errors import TargetGone
from tap_mws_reports.streams import message_writer as module
from tap_mws_reports.streams.message_writer import Interrupted, LineWriter

LINE = b"a whole line\n"


@pytest.fixture
def asked_within_a_line(monkeypatch):
    """A writer to which signals come in the middle of its next line."""

    def ask(*signals: int) -> LineWriter:
        writer = LineWriter()

        def meanwhile(_self, _message) -> bytes:
            for each in signals:
                writer.request_stop(each)
            return LINE

        monkeypatch.setattr(MsgSpecWriter, "format_message", meanwhile)
        return writer

    return ask


def test_a_stop_between_two_lines_takes_effect_at_once() -> None:
    with pytest.raises(Interrupted):
        LineWriter().request_stop(SIGTERM)


@pytest.mark.parametrize("signals", [(SIGTERM,), (SIGINT, SIGTERM)])
def test_a_stop_within_a_line_waits_for_its_end(asked_within_a_line, capsysbinary, signals) -> None:
    with pytest.raises(Interrupted):
        asked_within_a_line(*signals).write_message(object())
    assert capsysbinary.readouterr().out == LINE


def test_a_signal_that_also_ended_the_target_is_no_error(monkeypatch) -> None:
    def gone(_lines: bytes) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(module, "_send", gone)
    monkeypatch.setattr(module, "discard_stdout", lambda: None)
    writer = LineWriter()
    with pytest.raises(Interrupted):
        writer.request_stop(SIGINT)
    writer.end()
    with pytest.raises(Interrupted):
        writer.write_state(b"{}")
    with pytest.raises(TargetGone):
        LineWriter().write_state(b"{}")


def test_a_stop_within_a_block_of_lines_waits_for_its_end(monkeypatch) -> None:
    writer, written = LineWriter(), io.BytesIO()

    class Stdout(io.RawIOBase):
        """Takes a byte at a time; the signal comes with the first."""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            if not written.tell():
                writer.request_stop(SIGTERM)
            return written.write(bytes(data)[:1])

    buffer = io.BufferedWriter(Stdout(), buffer_size=1)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer))
    with pytest.raises(Interrupted):
        writer.write_lines(b"one\ntwo\n")
    sys.stdout.flush()
    assert written.getvalue() == b"one\ntwo\n"


def test_a_second_stop_does_not_wait_for_a_line_without_a_reader(
    asked_within_a_line, capsysbinary, monkeypatch
) -> None:
    forgotten = []
    monkeypatch.setattr(module, "discard_stdout", lambda: forgotten.append(True))
    with pytest.raises(Interrupted):
        asked_within_a_line(SIGINT, SIGINT).write_message(object())
    assert forgotten
    assert capsysbinary.readouterr().out == b""


def test_further_signals_do_not_truncate_the_last_state(asked_within_a_line, capsysbinary) -> None:
    writer = asked_within_a_line(SIGTERM)
    with pytest.raises(Interrupted):
        writer.request_stop(SIGINT)
    writer.end()
    writer.request_stop(SIGINT)
    writer.write_message(object())
    assert capsysbinary.readouterr().out == LINE


def test_another_stop_does_not_interrupt_the_end_after_the_first() -> None:
    writer = LineWriter()
    with pytest.raises(Interrupted):
        writer.request_stop(SIGINT)
    writer.request_stop(SIGTERM)
    writer.request_stop(SIGINT)
