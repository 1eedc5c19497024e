"""The command of the tap: every failure is reported once and sets an exit code.

Exit codes: 0 done; 1 some windows or streams failed, the state is valid; 2 settings;
3 credentials; 130 interrupted.
"""

from __future__ import annotations

import logging
import sys

import click

from tap_mws_reports.cli.tap_help import describe
from tap_mws_reports.errors import INTERRUPTED, STOPPED, TapError
from tap_mws_reports.streams.base_tap import report
from tap_mws_reports.tap import TapMwsReports


def run() -> int:
    """Run the tap and return the exit code of the process."""
    if sys.stdout is None:
        click.echo("error: stdout is closed; there is nowhere to write the rows to", err=True)
        return TapError.exit_code
    try:
        return describe(TapMwsReports.cli).main(standalone_mode=False) or 0
    except TapError as error:
        _log_traceback(error)
        report(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(STOPPED, err=True)
        return INTERRUPTED
    except Exception as error:
        logger = logging.getLogger(TapMwsReports.name)
        what = "error[%s]: unexpected %s: %s; help: report it with the traceback"
        logger.exception(what, TapError.code, type(error).__name__, error)  # noqa: TRY401
        return TapError.exit_code


def _log_traceback(error: TapError) -> None:
    """Log the traceback with ``TAP_MWS_REPORTS_LOGLEVEL=DEBUG``."""
    logging.getLogger(TapMwsReports.name).debug("traceback", exc_info=error)
