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
    """Writes whole lines: a stop that is asked for in the middle of one waits for its end.

    Records are not flushed one by one; every other message is, with all before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = False
        self._stop_asked = False

    def write_message(self, message: Message) -> None:
        """Write a message as one line of JSON.

        Raises:
            Interrupted: a stop was asked for while the line was written.
            TargetGone: nobody reads any more.
        """
        self._write(message, flush=not isinstance(message, RecordMessage))

    def write_lines(self, lines: bytes) -> None:
        """Write messages that are lines of JSON already.

        Raises:
            Interrupted: a stop was asked for while they were written.
            TargetGone: nobody reads any more.
        """
        self._write(lines, flush=False)

    def ask_to_stop(self) -> None:
        """Stop at the end of the line that is being written, or at once.

        Raises:
            Interrupted: nothing is being written.
        """
        if not self._writing:
            raise Interrupted
        self._stop_asked = True

    def _write(self, output: Message | bytes, *, flush: bool) -> None:
        self._writing = True
        try:
            lines = output if isinstance(output, bytes) else self.format_message(output)
            sys.stdout.buffer.write(lines)
            if flush:
                sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            _forget_stdout()
            what = "The target stopped reading."
            raise TargetGone(
                what, hint="see what it says; run again from its last state"
            ) from error
        self._writing = False
        if self._stop_asked:
            self._stop_asked = False
            raise Interrupted


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere, or Python would try to write it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
