"""`mws-reports completion`: print the script for completion in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from tap_mws_reports.cli.commands import COMPLETION_VARIABLE, PROGRAM
from tap_mws_reports.cli.commands import command as declare


@declare(
    "completion",
    "mws-reports completion bash >> ~/.bashrc",
    "mws-reports completion zsh >> ~/.zshrc",
    "mws-reports completion fish > ~/.config/fish/completions/mws-reports.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the script that completes commands and options in SHELL: bash, zsh or fish."""
    completion = get_completion_class(shell)
    if completion is None:  # click knows all three
        raise click.UsageError(f"no completion for {shell}")
    group = ctx.find_root().command
    click.echo(completion(group, {}, PROGRAM, COMPLETION_VARIABLE).source())
    return 0
