"""BATCH files in a bucket of a server that speaks S3's protocol, read back by DuckDB."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import duckdb
import pytest
import s3fs

from tap_mws_reports.errors import SettingsError

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
WEEKLY = {"type": ORDERS, "window_days": 7}
DATES = {"start_date": "2020-05-01T00:00:00Z", "end_date": "2020-05-15T00:00:00Z"}

pytestmark = pytest.mark.api("sp_api", reason="the files are the same over MWS")


@pytest.fixture
def bucket(sqs_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new bucket; the environment says where its service is, as an AWS profile would."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "for-tests",
        "AWS_SECRET_ACCESS_KEY": "for-tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": sqs_address,
        "AWS_ENDPOINT_URL": sqs_address,
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    name = f"batches-{uuid.uuid4()}"
    boto3.client("s3").create_bucket(Bucket=name)
    yield name
    s3fs.S3FileSystem.clear_instance_cache()


def batch_config(root: str, form: str = "parquet", size: int = 10_000) -> dict[str, Any]:
    return {
        "encoding": {"format": form, "compression": "gzip"},
        "storage": {"root": root},
        "batch_size": size,
    }


def objects(bucket: str) -> dict[str, bytes]:
    s3 = boto3.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed
    }


def stored(files: list[str]) -> list[tuple[Any, ...]]:
    """Return the rows of the files, as DuckDB reads them."""
    with duckdb.connect() as database:
        database.register_filesystem(s3fs.S3FileSystem(skip_instance_cache=True))
        query = "select _report_id, amazon_order_id, sku, quantity, item_price from "
        return database.execute(f"{query} read_parquet({files}) order by all").fetchall()


def test_parquet_files_in_a_bucket_have_the_rows_and_a_replay_overwrites_them(
    harness, whole_run, bucket: str
) -> None:
    config = batch_config(f"s3://{bucket}/amazon")
    output = harness.run(WEEKLY, batch_config=config, **DATES)
    manifest = [
        file
        for each in output.messages
        if each["type"] == "BATCH" and each["stream"] == STREAM
        for file in each["manifest"]
    ]
    assert len(manifest) == 2
    prefix = f"s3://{bucket}/"
    assert {file.removeprefix(prefix) for file in manifest} <= objects(bucket).keys()
    assert all(file.startswith(f"{prefix}amazon/") for file in manifest)
    rows = stored(manifest)
    expected = whole_run(WEEKLY, **DATES).records(STREAM)
    assert len(rows) == len(expected)
    assert {row[1] for row in rows} == {each["amazon_order_id"] for each in expected}
    assert sum(row[3] for row in rows) == sum(each["quantity"] for each in expected)
    before = objects(bucket)
    again = harness.run(WEEKLY, batch_config=config, **DATES)
    assert [each["manifest"] for each in again.messages if each["type"] == "BATCH"] == [
        each["manifest"] for each in output.messages if each["type"] == "BATCH"
    ]
    assert objects(bucket).keys() == before.keys()
    assert stored(manifest) == rows


def test_surplus_files_of_an_earlier_run_are_removed(harness, bucket: str) -> None:
    root = f"s3://{bucket}"
    harness.run(WEEKLY, batch_config=batch_config(root, "jsonl", 20), **DATES)
    small = {key for key in objects(bucket) if STREAM in key}
    harness.run(WEEKLY, batch_config=batch_config(root, "jsonl"), **DATES)
    large = {key for key in objects(bucket) if STREAM in key}
    assert len(large) == 2
    assert large < small


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "no-such-bucket/x: .*bucket does not exist"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}, "127.0.0.1:9"),
    ],
)
def test_an_unreachable_bucket_is_explained(
    harness, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message) as raised:
        harness.run(WEEKLY, batch_config=batch_config("s3://no-such-bucket/x"), **DATES)
    assert raised.value.where == "setting `batch_config.storage`"
    with pytest.raises(Exception, match="404"):
        boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).head_bucket(
            Bucket="no-such-bucket"
        )
