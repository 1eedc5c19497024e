"""Ctrl-C and SIGTERM while `load` runs.

dlt's own handlers work within one of its steps: a signal at the end of a step is lost, and
loading continues with the next package. Here a signal ends the reading at once, and everything
else after the current load package; a second one ends it anywhere.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import dlt

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def kept_handlers() -> Iterator[None]:
    """Restore the handlers afterwards; a tap of the Singer SDK installs its own."""
    earlier = {each: signal.getsignal(each) for each in _SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for each, handler in earlier.items():
                signal.signal(each, handler)


class Interruption:
    """Whether the run was interrupted."""

    def __init__(self) -> None:
        self._received = False
        self._reading = False

    @property
    def received(self) -> bool:
        """Whether a signal has come."""
        return self._received

    @contextmanager
    def handled(self, pipeline: dlt.Pipeline) -> Iterator[None]:
        """Handle the signals, in place of dlt. Outside the main thread nothing is changed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        runtime = pipeline.runtime_config
        intercepted, runtime.intercept_signals = runtime.intercept_signals, False
        try:
            with kept_handlers():
                for each in _SIGNALS:
                    # A signal that is ignored, as by `nohup`, stays so.
                    if signal.getsignal(each) != signal.SIG_IGN:
                        signal.signal(each, self._receive)
                yield
        finally:
            runtime.intercept_signals = intercepted

    @contextmanager
    def while_reading(self) -> Iterator[None]:
        """Let a signal raise KeyboardInterrupt, also one that has come before.

        Raises:
            KeyboardInterrupt: a signal has come.
        """
        self._reading = True
        try:
            if self._received:
                raise KeyboardInterrupt
            yield
        finally:
            self._reading = False

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        again, self._received = self._received, True
        if self._reading or again:
            raise KeyboardInterrupt
