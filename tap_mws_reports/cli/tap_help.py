"""`--help` and `--version` of the tap, from a copy of the Singer SDK's options.

The SDK builds the command of a tap; importing it with the tap takes most of a second. A test
compares this copy with the command that the SDK builds.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import click

NAME = "tap-mws-reports"

_PURPOSE = "Load Amazon's seller reports: Singer messages on stdout, the log on stderr."
_EXAMPLES = """\b
Examples:
  tap-mws-reports --config config.json --test
  tap-mws-reports --config config.json | target-duckdb --config target.json
  tap-mws-reports --config config.json --state state.json > messages.jsonl

`mws-reports --help` lists the commands that help to use it."""
_TEST = (
    "Check the credentials of every seller without requesting a report; with --test=schema write "
    "the schemas of all streams."
)

_OPTIONS = (
    click.Option(["--version"], is_flag=True, help="Display the package version."),
    click.Option(["--about"], is_flag=True, help="Display package metadata and settings."),
    click.Option(
        ["--format"],
        type=click.Choice(["json", "markdown"]),
        help="Specify output style for --about",
    ),
    click.Option(
        ["--config"],
        multiple=True,
        help="Configuration file location or 'ENV' to use environment variables.",
    ),
    click.Option(["--discover"], is_flag=True, help="Run the tap in discovery mode."),
    click.Option(["--test"]),
    click.Option(["--catalog"], type=click.File(), help="Use a Singer catalog file with the tap."),
    click.Option(
        ["--state"], type=click.File(), help="Use a bookmarks file for incremental replication."
    ),
)


def describe(command: click.Command) -> click.Command:
    """Give the tap's command its purpose, its examples, and what this tap does for ``--test``."""
    command.help, command.epilog = _PURPOSE, _EXAMPLES
    for each in command.params:
        if isinstance(each, click.Option) and each.name == "test":
            each.help = _TEST
    return command


def show(arguments: Sequence[str]) -> bool:
    """Print the help or the version if that is the only argument; return whether it was."""
    if list(arguments) == ["--version"]:
        click.echo(f"{NAME} v{version(NAME)}, Meltano SDK v{version('singer-sdk')}")
        return True
    if list(arguments) == ["--help"]:
        describe(click.Command(NAME, params=list(_OPTIONS))).main(["--help"], standalone_mode=False)
        return True
    return False
