"""`mws-reports`: the command line for users."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

from tap_mws_reports.cli.commands import COMPLETION_VARIABLE, PROGRAM, LazyGroup, examples
from tap_mws_reports.cli.startup import end_quickly
from tap_mws_reports.errors import TapError

_INTERRUPTED = 130
_UNREAD = 141
"""The exit code after writing to a closed pipe: 128 plus the number of SIGPIPE."""


@click.group(
    PROGRAM,
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "mws-reports types orders",
        "mws-reports plan --config config.json --state state.json",
        "mws-reports read report.txt | head -n 1",
        "mws-reports explain TAP-201",
    ),
)
@click.version_option(package_name="tap-mws-reports")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Plan, load and read Amazon's seller reports.

    `tap-mws-reports` is the Singer tap; these commands help to use it. Each has its own --help.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911 - one per way to end
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
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return _UNREAD
    except OSError as error:
        _discard_stdout()
        click.echo(f"error: reading or writing failed: {error}", err=True)
        return TapError.exit_code


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command. `click.Group.main` would end the process itself at a closed pipe."""
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        return shell_complete(group, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    given = sys.argv[1:] if arguments is None else [*arguments]
    try:
        with group.make_context(PROGRAM, given) as ctx:
            code: int | None = group.invoke(ctx)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    finally:
        sys.stdout.flush()
        if arguments is None:  # the process ends with its command
            end_quickly()
    return code or 0


def _discard_stdout() -> None:
    """Redirect stdout to the null device: Python would write the buffer again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
