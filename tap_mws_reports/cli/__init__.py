"""`mws-reports`: the commands a person uses."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import click

from tap_mws_reports.cli import planning, reading, serving, subscribing, types
from tap_mws_reports.errors import TapError

_INTERRUPTED = 130
_UNREAD = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0, the error's own, or 130 when interrupted.

    When whoever read the output has gone, as `head` does, the code is 1 and nothing is said.
    """
    parser = argparse.ArgumentParser(prog="mws-reports", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (planning, serving, reading, types, subscribing):
        command.add_to(commands)
    given = parser.parse_args(arguments)
    try:
        code: int = given.run(given)
    except TapError as error:
        click.echo(error.render(), err=True)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        return _unread()
    return code


def _unread() -> int:
    """Let Python flush what is left into nothing when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _UNREAD
