"""`mws-reports init`: write a first configuration for SP-API."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.output_file import require_new_file, write_text
from tap_mws_reports.config import validation

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
    prompt="Seller id (Seller Central: Account Info, Merchant Token)",
    help="The merchant token in the account info of Seller Central.",
)
@click.option(
    "--marketplaces",
    prompt="Marketplaces, as countries or ids",
    default="US",
    help="Countries or ids, separated by commas.",
)
@click.option(
    "--lwa-client-id",
    prompt="LWA client id of the application",
    help="It begins with amzn1.application-oa2-client.",
)
@click.option(
    "--lwa-client-secret",
    prompt="LWA client secret",
    hide_input=True,
    help="Prompted for if left out, which keeps it out of the shell's history.",
)
@click.option(
    "--refresh-token",
    prompt="Refresh token of the seller",
    hide_input=True,
    help="It begins with Atzr|; prompted for if left out.",
)
@click.option(
    "--report", "reports", multiple=True, metavar="TYPE", help=f"Default: {_FIRST_REPORT}."
)
def command(
    output: Path,
    seller_id: str,
    marketplaces: str,
    lwa_client_id: str,
    lwa_client_secret: str,
    refresh_token: str,
    reports: tuple[str, ...],
    *,
    force: bool,
) -> int:
    """Write a configuration for SP-API that `check` and the tap can use at once.

    Prompts for what is not given as an option. Only its owner can read the file.
    """
    if not force:
        require_new_file(output, "name another, or give --force")
    config = {
        "api": "sp_api",
        "seller_id": seller_id,
        "marketplace_ids": [each.strip() for each in marketplaces.split(",") if each.strip()],
        "lwa_client_id": lwa_client_id,
        "lwa_client_secret": lwa_client_secret,
        "refresh_token": refresh_token,
        "reports": list(reports) or [_FIRST_REPORT],
    }
    validation.raise_for_problems(validation.find_problems(config))
    write_text(output, json.dumps(config, indent=2) + "\n", for_owner=True)
    click.echo(f"Wrote {output}. Next: mws-reports check --config {output}")
    return 0
