"""The program `tap-mws-reports`: a signal ends it well from its first moment to its last.

Importing the tap takes a second, in which Python would answer a signal with a traceback, or with
the exit code of a crash.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys

INTERRUPTED = 130
STOPPED = "Stopped; the last STATE is valid. Run again to continue."
"""What is said of a run that was stopped, also before its first STATE: then the one given holds."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run the tap and return the exit code of the process."""
    stop_at_once_when_asked()
    try:
        code: int = importlib.import_module("tap_mws_reports.tap_command").run()
        return code
    finally:
        _ignore_signals()


def stop_at_once_when_asked() -> None:
    """End the process at a signal, until the tap takes signals itself; nothing is written yet."""
    for each in _SIGNALS:
        signal.signal(each, _stop)


def _stop(*_: object) -> None:
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{STOPPED}\n".encode())
    os._exit(INTERRUPTED)


def _ignore_signals() -> None:
    """Ignore signals from now on, so that another one cannot change the exit code.

    At shutdown Python restores the default handlers of the system, which end the process
    (`_PySignal_Fini` in https://github.com/python/cpython/blob/3.11/Modules/signalmodule.c).
    """
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
