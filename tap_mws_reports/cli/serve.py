"""`mws-reports sandbox`: serve a local simulation of Amazon."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.transport import HttpRequest, HttpTransport
from tap_mws_reports.cli.commands import examples, group
from tap_mws_reports.errors import TapError
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.certificates import make_tls
from tap_mws_reports.sandbox.events import EVENTS, HEADER, PATH
from tap_mws_reports.sandbox.faults import BY_OPTION, WITHOUT_END, Fault
from tap_mws_reports.sandbox.sandbox_config import APIS, LATENCY_PROFILES, REGION, tap_config
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import HOST, bind

_PORT = click.IntRange(0, 65535)


class FaultParameter(click.ParamType[Fault]):
    """A fault and its probability, ``lost-answer=0.05``."""

    name = "name=rate"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fault:
        """Return the fault."""
        name, _, rate = str(value).partition("=")
        if name not in BY_OPTION:
            self.fail(f"{name} is none of {', '.join(BY_OPTION)}", param, ctx)
        try:
            probability = float(rate)
        except ValueError:
            probability = -1.0
        if not 0.0 <= probability <= 1.0:
            what = f"give {name} a probability from 0 to 1, such as {name}=0.1"
            self.fail(what, param, ctx)
        return Fault(BY_OPTION[name], times=WITHOUT_END, rate=probability)


@group(
    "sandbox",
    "mws-reports sandbox > config.json &",
    "mws-reports sandbox --api mws --port 8080 --pace real",
    "mws-reports sandbox --port 8080 --fault throttle=0.1 --fault lost-answer=0.05 --seed 7",
    "mws-reports sandbox --tls ca.pem > config.json &",
    "mws-reports sandbox trigger cancel --port 8080",
    invoke_without_command=True,
)
@click.option("--port", type=_PORT, default=0, help="Default: any free one.")
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
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=FaultParameter(),
    help="Let a fault happen with this probability, such as lost-answer=0.05; repeatable.",
)
@click.option(
    "--tls",
    "ca_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Speak HTTPS; the certificate of the sandbox's own authority is written to this file.",
)
@click.pass_context
def command(
    ctx: click.Context,
    port: int,
    seed: int,
    pace: str,
    region: str,
    api: str,
    limits: float,
    faults: Sequence[Fault],
    ca_path: Path | None,
) -> None:
    """Serve a local simulation of Amazon until stopped.

    Prints one line of JSON, a complete configuration of the tap, when it is ready; logs requests to
    stderr.
    """
    if ctx.invoked_subcommand is not None:
        return
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    clock = SystemClock()
    profile = LATENCY_PROFILES[pace]
    amazon = Amazon(clock.now(), seed, profile, faults, limit_scale=max(0.0, limits))
    tls = make_tls(ca_path, HOST, "localhost") if ca_path else None
    server = bind(amazon, clock, port, tls)
    _stop_on_signals(server.shutdown)
    if ca_path:
        trust = f"Clients must trust {ca_path}; the tap does with REQUESTS_CA_BUNDLE={ca_path}"
        click.echo(trust, err=True)
    config = tap_config(server.address, clock.now(), region, api)
    sys.stdout.write(json.dumps(config) + "\n")
    sys.stdout.flush()
    server.serve_forever()


@command.command("trigger", epilog=examples("mws-reports sandbox trigger cancel --port 8080"))
@click.argument("event", type=click.Choice(list(EVENTS)))
@click.option("--port", type=_PORT, required=True, help="That of the running sandbox.")
@click.option("--tls", is_flag=True, help="It speaks HTTPS; set REQUESTS_CA_BUNDLE.")
def trigger(event: str, port: int, *, tls: bool) -> None:
    """Trigger an event in a sandbox that runs on this machine.

    Open report requests are cancelled, an hour late or fatal; access is revoked; a token and a
    document's address expire.
    """
    address = f"{'https' if tls else 'http'}://{HOST}:{port}{PATH}"
    try:
        answer = HttpTransport().send(HttpRequest("POST", address, {HEADER: event}))
    except TapError as error:
        error.hint = f"start a sandbox at this port: mws-reports sandbox --port {port}"
        raise
    click.echo(answer.body.decode())


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop in another thread: a server cannot wait for itself."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=stop, daemon=True).start())
