"""Targets that write files: CSV, JSON lines, parquet in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from warehouse import CsvFiles, JsonlFiles, S3Parquet, Warehouse


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A server that speaks the protocol of S3, on a port of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def _s3(address: str) -> S3Parquet:
    keys = {"aws_access_key_id": "for-tests", "aws_secret_access_key": "for-tests"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
    return S3Parquet(client, address)


@pytest.fixture(params=["csv", "jsonl", "s3"])
def files(request: Any, tmp_path: Path) -> Warehouse:
    """Each target that writes files."""
    makers: dict[str, Callable[[], Warehouse]] = {
        "csv": lambda: CsvFiles(tmp_path),
        "jsonl": lambda: JsonlFiles(tmp_path),
        "s3": lambda: _s3(request.getfixturevalue("s3_address")),
    }
    return makers[request.param]()


def test_every_value_arrives_whatever_is_interrupted(scenario, files) -> None:
    scenario(files).run(interrupted=True)
