"""Write Singer messages to stdout, in complete lines only."""

from __future__ import annotations

import os
import sys
from dataclasses import fields

from singer_sdk.contrib.msgspec import MsgSpecWriter, serialize_jsonl
from singer_sdk.singerlib import Message, RecordMessage, SchemaMessage

from tap_mws_reports.errors import TargetGone


class Interrupted(KeyboardInterrupt):
    """The tap received SIGINT or SIGTERM."""


class LineWriter(MsgSpecWriter):
    """Writes complete lines: a signal takes effect at the end of the current line.

    Records are buffered; every other message flushes the buffer.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = False
        self._ending = False
        self._signals: set[int] = set()

    def write_message(self, message: Message) -> None:
        """Write a message as one line of JSON.

        Raises:
            Interrupted: a signal arrived while the line was written, or has ended the target, too.
            TargetGone: the target stopped reading, or the output cannot be written.
        """
        self._write(message, flush=not isinstance(message, RecordMessage))

    def serialize_message(self, message: Message) -> bytearray:
        """Encode a message; the SDK would copy all of a schema first."""
        if not isinstance(message, SchemaMessage):
            return super().serialize_message(message)
        values = {each.name: getattr(message, each.name) for each in fields(message)}
        return serialize_jsonl({name: each for name, each in values.items() if each is not None})

    def write_lines(self, lines: bytes | memoryview) -> None:
        """Write encoded messages.

        Raises:
            Interrupted: a signal arrived while they were written.
            TargetGone: the target stopped reading, or the output cannot be written.
        """
        self._write(lines, flush=False)

    def write_state(self, state: bytes) -> None:
        """Write a STATE message of an encoded state.

        Raises:
            Interrupted: a signal arrived while it was written.
            TargetGone: the target stopped reading, or the output cannot be written.
        """
        self._write(b'{"type":"STATE","value":' + state + b"}\n", flush=True)

    def request_stop(self, signum: int) -> None:
        """Stop at the end of the current line, or at once between lines.

        Ctrl-C in a terminal may reach the tap twice, from the terminal and from the parent process.
        So a second signal has no effect, unless it is the same signal and the line still cannot be
        written because the target does not read.

        Raises:
            Interrupted: no line is being written, or it cannot be completed.
        """
        is_first, repeated = not self._signals, signum in self._signals
        self._signals.add(signum)
        if self._writing and repeated:
            discard_stdout()  # nothing may follow an incomplete line
            raise Interrupted
        # A second signal must not interrupt the cleanup after the first.
        if is_first and not self._writing and not self._ending:
            raise Interrupted

    def end(self) -> None:
        """Ignore signals from now on; only the final state remains to be written."""
        self._ending = True

    def _write(self, output: Message | bytes | memoryview, *, flush: bool) -> None:
        self._writing = True
        try:
            if isinstance(output, bytes | memoryview):
                _send(output)
            else:
                _send(self.format_message(output))
            if flush:
                sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            discard_stdout()
            if self._signals:
                # Ctrl-C in a terminal ends the target as well, and often before the tap.
                raise Interrupted from error
            what = "The target stopped reading."
            raise TargetGone(what, hint="check its log; run again from its last state") from error
        except OSError as error:
            discard_stdout()
            what = f"The output cannot be written: {error.strerror or error}"
            hint = "its last line may be incomplete; free space and run again from its last state"
            raise TargetGone(what, where="stdout", hint=hint) from error
        finally:
            self._writing = False
        if self._signals and not self._ending:
            raise Interrupted


def _send(lines: bytes | bytearray | memoryview) -> None:
    """Write all bytes: without a buffer (``PYTHONUNBUFFERED``) a signal cuts a write short."""
    sent = sys.stdout.buffer.write(lines)
    while sent < len(lines):
        sent += sys.stdout.buffer.write(lines[sent:])


def discard_stdout() -> None:
    """Redirect stdout to the null device: Python would write the buffer again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
