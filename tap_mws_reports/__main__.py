"""The program `tap-mws-reports`: help without delay, and a signal ends it well at any moment.

Importing the tap takes most of a second, in which Python would answer a signal with a traceback, or
with the exit code of a crash. Help and version do without that import.
"""

from __future__ import annotations

import os
import signal
import sys

from tap_mws_reports.cli.startup import end_quickly, import_quickly
from tap_mws_reports.cli.tap_help import show
from tap_mws_reports.errors import INTERRUPTED, STOPPED

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run the tap and return the exit code of the process."""
    exit_on_signals()
    try:
        if show(sys.argv[1:]):
            return 0
        # Not before: it imports the Singer SDK.
        code: int = import_quickly("tap_mws_reports.cli.tap_command").run()
        return code
    finally:
        _ignore_signals()
        end_quickly()


def exit_on_signals() -> None:
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
