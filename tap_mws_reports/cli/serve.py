"""`mws-reports sandbox`: serve a local simulation of Amazon."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from collections.abc import Callable

import click

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_config import APIS, LATENCY_PROFILES, REGION, tap_config
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import HOST, bind

_LAST_PORT = 65535


@declare(
    "sandbox",
    "mws-reports sandbox > config.json &",
    "mws-reports sandbox --api mws --port 8080 --pace real",
)
@click.option(
    "--port", type=click.IntRange(0, _LAST_PORT), default=0, help="Default: any free one."
)
@click.option("--seed", type=int, default=1, help="Seed of the generated sample data.")
@click.option(
    "--pace",
    type=click.Choice(sorted(LATENCY_PROFILES)),
    default="fast",
    help="Latency in seconds, or in minutes as at Amazon.",
)
@click.option(
    "--region",
    type=click.Choice(sorted(SELLERS)),
    default=REGION,
    help="The region of the seller printed.",
)
@click.option(
    "--api",
    type=click.Choice(APIS),
    default="sp_api",
    help="The service of the configuration printed; both are served.",
)
@click.option(
    "--limits",
    type=float,
    default=1.0,
    metavar="FACTOR",
    help="Multiply the times of the limits of report types; 0 switches them off.",
)
def command(port: int, seed: int, pace: str, region: str, api: str, limits: float) -> int:
    """Serve a local simulation of Amazon until stopped.

    Prints one line of JSON, a complete configuration of the tap, when it is ready; logs requests to
    stderr.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    clock = SystemClock()
    profile = LATENCY_PROFILES[pace]
    amazon = Amazon(clock.now(), seed, profile, limit_scale=max(0.0, limits))
    server = bind(amazon, clock, port)
    _stop_on_signals(server.shutdown)
    address = f"http://{HOST}:{server.server_port}"
    config = tap_config(address, clock.now(), region, api)
    sys.stdout.write(json.dumps(config) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop in another thread: a server cannot wait for itself."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=stop, daemon=True).start())
