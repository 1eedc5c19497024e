"""`mws-reports sandbox`: serve a local simulation of Amazon."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.transport import HttpRequest, HttpTransport
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.events import EVENTS, HEADER, PATH
from tap_mws_reports.sandbox.fault_table import BY_OPTION
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault
from tap_mws_reports.sandbox.sandbox_config import APIS, LATENCY_PROFILES, REGION, tap_config
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import HOST, bind

_LAST_PORT = 65535


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    sandbox = commands.add_parser(
        "sandbox",
        help="serve a local simulation of Amazon",
        description="Serve a local simulation until stopped. Prints one line of JSON, a complete "
        "configuration of the tap, when it is ready; logs requests to stderr.",
    )
    sandbox.add_argument("--port", type=_port, default=0, help="default: any free one")
    sandbox.add_argument("--seed", type=int, default=1, help="seed of the generated sample data")
    sandbox.add_argument(
        "--pace",
        choices=sorted(LATENCY_PROFILES),
        default="fast",
        help="latency in seconds, or in minutes as at Amazon",
    )
    sandbox.add_argument(
        "--region", choices=sorted(SELLERS), default=REGION, help="the region of the seller printed"
    )
    sandbox.add_argument(
        "--api", choices=APIS, default=APIS[0], help="the API of the configuration; both are served"
    )
    sandbox.add_argument(
        "--limits",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="multiply the times of the limits of report types; 0 switches them off (default: 1)",
    )
    sandbox.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="NAME=RATE",
        help="let a fault happen with this probability, such as lost-answer=0.05; repeatable",
    )
    sandbox.set_defaults(run=_serve)
    _add_trigger(sandbox)


def _add_trigger(sandbox: argparse.ArgumentParser) -> None:
    inner = sandbox.add_subparsers(metavar="COMMAND")
    trigger = inner.add_parser(
        "trigger",
        help="let something happen in a running sandbox",
        description="Let something happen in a sandbox that runs on this machine: open report "
        "requests are cancelled, an hour late or fatal; access is revoked; a token and a "
        "document's address expire.",
    )
    trigger.add_argument("event", choices=list(EVENTS))
    trigger.add_argument("--port", type=_port, required=True, help="of the running sandbox")
    trigger.set_defaults(run=_trigger)


def _trigger(given: argparse.Namespace) -> int:
    address = f"http://{HOST}:{given.port}{PATH}"
    request = HttpRequest("POST", address, {HEADER: given.event})
    answer = HttpTransport().send(request)
    sys.stdout.write(answer.body.decode() + "\n")
    return 0


def _serve(given: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    clock = SystemClock()
    pace = LATENCY_PROFILES[given.pace]
    amazon = Amazon(clock.now(), given.seed, pace, given.fault, limit_scale=max(0.0, given.limits))
    server = bind(amazon, clock, given.port)
    _stop_on_signals(server.shutdown)
    address = f"http://{HOST}:{server.server_port}"
    config = tap_config(address, clock.now(), given.region, given.api)
    sys.stdout.write(json.dumps(config) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LAST_PORT:
        message = f"{port} is not between 0 and {_LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return port


def _fault(text: str) -> Fault:
    """Parse ``lost-answer=0.05``."""
    name, _, rate = text.partition("=")
    if name not in BY_OPTION:
        known = ", ".join(BY_OPTION)
        message = f"{name} is none of {known}"
        raise argparse.ArgumentTypeError(message)
    try:
        probability = float(rate)
    except ValueError:
        probability = -1.0
    if not 0.0 <= probability <= 1.0:
        message = f"give {name} a probability from 0 to 1, such as {name}=0.1"
        raise argparse.ArgumentTypeError(message)
    return Fault(BY_OPTION[name], times=WITHOUT_END, rate=probability)


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop in another thread: a server cannot wait for itself."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=stop, daemon=True).start())
