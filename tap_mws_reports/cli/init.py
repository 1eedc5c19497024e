"""`mws-reports init`: write a first configuration for SP-API."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.output_file import require_new_file, write_text
from tap_mws_reports.config import validation
from tap_mws_reports.errors import SettingsError

_PROMPTS: Mapping[str, tuple[str, bool, str | None]] = {
    "seller_id": ("Seller id (Seller Central: Account Info, Merchant Token)", False, None),
    "marketplaces": ("Marketplaces, as countries or ids", False, "US"),
    "lwa_client_id": ("LWA client id of the application", False, None),
    "lwa_client_secret": ("LWA client secret", True, None),
    "refresh_token": ("Refresh token of the seller", True, None),
}
"""Option: the prompt if it is not given, whether the answer is hidden, and the default."""

_FIRST_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"


@declare(
    "init",
    "mws-reports init",
    "mws-reports init --seller-id A2EXAMPLE --marketplaces DE,FR",
)
@click.option(
    *("--output", "-o"),
    type=click.Path(path_type=Path),
    default="config.json",
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option(
    "--seller-id",
    help="The merchant token in the account info of Seller Central.",
)
@click.option(
    "--marketplaces",
    help="Countries or ids, separated by commas; default of the prompt: US.",
)
@click.option(
    "--lwa-client-id",
    help="It begins with amzn1.application-oa2-client.",
)
@click.option(
    "--lwa-client-secret",
    help="Prompted for if left out, which keeps it out of the shell's history.",
)
@click.option(
    "--refresh-token",
    help="It begins with Atzr|; prompted for if left out.",
)
@click.option(
    "--report", "reports", multiple=True, metavar="TYPE", help=f"Default: {_FIRST_REPORT}."
)
def command(
    output: Path,
    reports: tuple[str, ...],
    *,
    force: bool,
    **given: str | None,
) -> int:
    """Write a configuration for SP-API that `check` and the tap can use at once.

    Prompts for what is not given as an option. Only its owner can read the file.
    """
    if not force:
        require_new_file(output, "name another, or give --force")
    answers = {name: given[name] or _ask(name) for name in _PROMPTS}
    marketplaces = answers.pop("marketplaces").split(",")
    config = {
        "api": "sp_api",
        "seller_id": answers.pop("seller_id"),
        "marketplace_ids": [each.strip() for each in marketplaces if each.strip()],
        **answers,
        "reports": list(reports) or [_FIRST_REPORT],
    }
    validation.raise_for_problems(validation.find_problems(config))
    write_text(output, json.dumps(config, indent=2) + "\n", for_owner=True)
    click.echo(f"Wrote {output}. Next: mws-reports check --config {output}")
    return 0


def _ask(name: str) -> str:
    """Prompt for a setting.

    Raises:
        SettingsError: stdin has ended, and nobody can be asked.
    """
    text, hidden, default = _PROMPTS[name]
    try:
        answer: str = click.prompt(text, hide_input=hidden, default=default)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        option = f"--{name.replace('_', '-')}"
        click.echo(err=True)  # ends the line of the prompt
        what, hint = f"{option} is not given, and there is no terminal to ask on", f"give {option}"
        raise SettingsError(what, where="mws-reports init", hint=hint) from None
    return answer
