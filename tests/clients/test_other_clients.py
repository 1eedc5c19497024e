"""Third-party clients, each in its own environment, request and download reports in the sandbox.

`make clients-setup` makes the environments. Clients of Node are left out where node is missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS
from tap_mws_reports.sandbox.server import HOST

ENVIRONMENT = Path(__file__).parents[2] / ".venv-clients"
MODULES = ENVIRONMENT / "node_modules"
PROGRAMS = Path(__file__).with_name("programs")
SELLER = SELLERS["NA"]
NAME = "GET_MERCHANT_LISTINGS_ALL_DATA"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not MODULES.exists(),
    reason="node or its modules are missing; `make clients-setup` installs them where npm is",
)


def found_by(*command: str, port: int, report_type: str) -> dict[str, Any]:
    """Return what a program has found; it is told where the sandbox is and who the seller."""
    given = {
        "address": f"http://{HOST}:{port}",
        "port": port,
        "client_id": APPLICATION.client_id,
        "client_secret": APPLICATION.client_secret,
        "refresh_token": SELLER.refresh_token,
        "access_key_id": SELLER.access_key_id,
        "secret_access_key": SELLER.secret_access_key,
        "seller_id": SELLER.seller_id,
        "marketplace": SELLER.marketplace_ids[0],
        "type": report_type,
        "scheduled_type": "GET_SALES_AND_TRAFFIC_REPORT",
    }
    done = subprocess.run(
        [*command, json.dumps(given)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={"NODE_PATH": str(MODULES)},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


SP_API = {
    "status": "DONE",
    "listed": True,
    "header": "item-name",
    "rows": 24,
    "schedules": ["P1D"],
    "schedules_left": 0,
}


def test_amazons_own_client_of_sp_api(port) -> None:
    python = str(ENVIRONMENT / "bin" / "python")
    program = str(PROGRAMS / "amzn_sp_api.py")
    assert found_by(python, program, port=port, report_type=NAME) == SP_API


@needs_node
def test_a_node_client_of_sp_api(port) -> None:
    node = str(shutil.which("node"))
    program = str(PROGRAMS / "amazon_sp_api.cjs")
    assert found_by(node, program, port=port, report_type=NAME) == SP_API


@needs_node
def test_a_node_client_of_mws(port) -> None:
    node = str(shutil.which("node"))
    found = found_by(node, str(PROGRAMS / "mws_simple.cjs"), port=port, report_type=f"_{NAME}_")
    assert found == {
        **SP_API,
        "status": "_DONE_",
        "schedules": ["_1_DAY_"],
        "refused": "InvalidReportId",
    }
