"""The commands of `mws-reports`, and the group that imports a command only when it is used.

To add a command, write a module with a `click.Command` (or `click.Group`) named ``command``, and
give it a row in `COMMANDS`; where a module has several, the row names the command after a colon. To
list the commands imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from tap_mws_reports.cli.startup import import_quickly
from tap_mws_reports.errors import closest

PROGRAM = "mws-reports"

COMPLETION_VARIABLE = "_MWS_REPORTS_COMPLETE"
"""The environment variable with which the script of a shell requests completions."""

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init", "Write a first configuration for SP-API."),
    "check": ("check", "Check that a configuration works; creates nothing."),
    "plan": ("plan", "Show what a run would do and when it would end; makes no call."),
    "load": ("loading", "Load reports into a warehouse in bulk, without a Singer target."),
    "read": ("read", "Read a downloaded report: JSON lines on stdout, a summary on stderr."),
    "types": ("types", "List report types, or describe one."),
    "page": ("page", "Make an HTML page of a database that this tap loaded."),
    "state": ("state", "Show a state, and merge or split the states of shards."),
    "request": ("report_commands:request", "Ask Amazon to make a report."),
    "list": ("report_commands:list_reports", "List report requests, or finished reports."),
    "get": ("report_commands:get", "Show a report request, or download its document."),
    "cancel": ("report_commands:cancel", "Cancel report requests."),
    "schedule": ("schedules", "List, set and remove schedules of reports."),
    "acknowledge": ("report_commands:acknowledge", "Mark reports as acknowledged (MWS only)."),
    "counts": ("report_commands:counts", "Count requests, reports and schedules (MWS only)."),
    "sandbox": ("serve", "Serve a local simulation of Amazon."),
    "subscribe": ("subscribe", "Subscribe a queue to notifications of finished reports."),
    "explain": ("explain", "Explain an error code, such as TAP-201."),
    "completion": ("completion", "Print the script for completion in a shell."),
}
"""Name: the module in this package, and the purpose in one line."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None if there is no such command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        imported = import_quickly(f"{__package__}.{module}")
        command: click.Command = getattr(imported, name or "command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a misspelt one, name the most similar."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            likely = closest(args[0], COMMANDS)
            if likely is None:
                raise
            what = f"{error.message} Did you mean '{likely}'?"
            raise click.UsageError(what, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their purposes, from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in COMMANDS.items()])


def examples(*lines: str) -> str:
    """Return the epilog of a command with examples, one in each line."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {line}" for line in lines)])


def command(
    name: str, *lines: str, help_text: str | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Return the decorator of a command of the table, with its purpose and examples.

    Args:
        name: of the command.
        lines: the examples.
        help_text: the whole help, where it is not the docstring of the function.
    """
    purpose = COMMANDS[name][1]
    return click.command(name, short_help=purpose, epilog=examples(*lines), help=help_text)


def group(
    name: str, *lines: str, invoke_without_command: bool = False
) -> Callable[[Callable[..., None]], click.Group]:
    """Return the decorator of a group of the table, with its purpose and examples; as `command`.

    Without a subcommand it prints its help, or runs its function if ``invoke_without_command``.
    """
    return click.group(
        name,
        short_help=COMMANDS[name][1],
        epilog=examples(*lines),
        invoke_without_command=invoke_without_command,
        no_args_is_help=not invoke_without_command,
    )
