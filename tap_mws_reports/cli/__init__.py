"""`mws-reports`: the command line for users."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import click

from tap_mws_reports.cli import loading, page, plan, read, serve, subscribe, types
from tap_mws_reports.errors import TapError
from tap_mws_reports.streams.message_writer import discard_stdout

_INTERRUPTED = 130
_UNREAD = 141
"""The exit code after writing to a closed pipe: 128 plus the number of SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0, the error's own, or 130 when interrupted.

    If the reader closes the pipe, as `head` does, the code is 141 and nothing is printed.
    """
    if sys.stdout is None:
        click.echo("error: stdout is closed", err=True)
        return TapError.exit_code
    try:
        return _run(arguments)
    except TapError as error:
        click.echo(error.render(), err=True)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        return _UNREAD
    except OSError as error:
        discard_stdout()
        click.echo(f"error: reading or writing failed: {error}", err=True)
        return TapError.exit_code


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="mws-reports", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (plan, loading, serve, read, types, subscribe, page):
        command.add_to(commands)
    try:
        given = parser.parse_args(arguments)
        code: int = given.run(given)
    finally:
        sys.stdout.flush()
    return code
