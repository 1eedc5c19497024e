"""Writing Singer messages to stdout, whole lines only."""

from __future__ import annotations

import os
import sys

from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import Message, RecordMessage

from tap_mws_reports.errors import TargetGone


class Interrupted(KeyboardInterrupt):
    """Somebody asked the tap to stop (SIGINT or SIGTERM)."""


class LineWriter(MsgSpecWriter):
    """Writes whole lines: a stop that is requested in the middle of one waits for its end.

    Records are not flushed one by one; every other message is, with all before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = False
        self._ending = False
        self._asked: set[int] = set()

    def write_message(self, message: Message) -> None:
        """Write a message as one line of JSON.

        Raises:
            Interrupted: a stop was requested while the line was written.
            TargetGone: nobody reads any more.
        """
        self._write(message, flush=not isinstance(message, RecordMessage))

    def write_lines(self, lines: bytes) -> None:
        """Write messages that are lines of JSON already.

        Raises:
            Interrupted: a stop was requested while they were written.
            TargetGone: nobody reads any more.
        """
        self._write(lines, flush=False)

    def ask_to_stop(self, signum: int) -> None:
        """Stop at the end of the line that is being written, or at once.

        Ctrl-C in a terminal reaches the tap twice, by the terminal and by whoever runs the tap and
        ends it then; so a second signal changes nothing, unless it is the same one once more and
        the line still cannot be written, because nobody reads it.

        Raises:
            Interrupted: nothing is being written, or never will be.
        """
        insisted = signum in self._asked
        self._asked.add(signum)
        if self._writing and insisted:
            discard_stdout()  # nothing may follow half a line
            raise Interrupted
        if not self._writing and not self._ending:
            raise Interrupted

    def end(self) -> None:
        """Only the last state is to be written; from now on no stop is needed."""
        self._ending = True

    def _write(self, output: Message | bytes, *, flush: bool) -> None:
        self._writing = True
        try:
            lines = output if isinstance(output, bytes) else self.format_message(output)
            _send(lines)
            if flush:
                sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            discard_stdout()
            what = "The target stopped reading."
            raise TargetGone(
                what, hint="see what it says; run again from its last state"
            ) from error
        finally:
            self._writing = False
        if self._asked and not self._ending:
            raise Interrupted


def _send(lines: bytes | bytearray) -> None:
    """Write all of it: without a buffer (``PYTHONUNBUFFERED``) a signal ends a write half-way."""
    sent = sys.stdout.buffer.write(lines)
    while sent < len(lines):
        sent += sys.stdout.buffer.write(lines[sent:])


def discard_stdout() -> None:
    """Send what is still buffered to the null device: Python would write it again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
