"""`mws-reports init`: write a first configuration for SP-API."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.config import validation
from tap_mws_reports.errors import SettingsError

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
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
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
    help="Asked for if left out, which keeps it out of the history of the shell.",
)
@click.option(
    "--refresh-token",
    prompt="Refresh token of the seller",
    hide_input=True,
    help="It begins with Atzr|; asked for if left out.",
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

    Asks for what is not given as an option. Only its owner can read the file.
    """
    if output.exists() and not force:
        what = f"{output} is there already"
        raise SettingsError(what, where="--output", hint="name another, or give --force")
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
    _write(output, config)
    click.echo(f"Wrote {output}. Next: mws-reports check --config {output}")
    return 0


def _write(path: Path, config: dict[str, Any]) -> None:
    text = json.dumps(config, indent=2) + "\n"
    try:
        path.unlink(missing_ok=True)  # an existing file would keep its mode
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}"
        raise SettingsError(what, where="--output", hint="name a file in a directory") from error
