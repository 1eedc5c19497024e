"""The command `tap-mws-reports`. Help and version need no import of the Singer SDK."""

from __future__ import annotations

import sys

from tap_mws_reports.tap_help import show


def main() -> int:
    """Run the tap and return the exit code of the process."""
    if show(sys.argv[1:]):
        return 0
    # The Singer SDK takes most of a second to import.
    from tap_mws_reports.tap_run import run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
