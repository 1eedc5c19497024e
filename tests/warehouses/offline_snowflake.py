"""target-snowflake up to its connection: what it would put into Snowflake's stage goes to a folder.

Run by the Python of the target's environment, with the target's own arguments. The target reads the
messages, translates the schemas, converts the records and writes the files of its stage; here the
files' rows are appended to ``STREAM.jsonl`` and the columns' types are in ``STREAM.types.json``, in
the folder of the variable ``OFFLINE_DIRECTORY``.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import sqlalchemy
from snowflake.sqlalchemy.snowdialect import SnowflakeDialect
from sqlalchemy.engine import Engine
from target_snowflake.connector import DEFAULT_RESERVED_WORDS, SnowflakeConnector
from target_snowflake.sinks import SnowflakeSink
from target_snowflake.target import TargetSnowflake

DIRECTORY = Path(os.environ["OFFLINE_DIRECTORY"])


def create_engine(connector: SnowflakeConnector) -> Engine:
    """Return an engine that has not connected; the target's own looks for the database at once."""
    engine = sqlalchemy.create_engine(connector.sqlalchemy_url)
    engine.dialect.identifier_preparer.reserved_words |= DEFAULT_RESERVED_WORDS
    return engine


def setup(sink: SnowflakeSink) -> None:
    """Translate the schema as for CREATE TABLE."""
    properties = sink.conform_schema(sink.schema)["properties"]
    types = {
        name: sink.connector.to_sql_type(schema).compile(dialect=SnowflakeDialect())
        for name, schema in properties.items()
    }
    (DIRECTORY / f"{sink.stream_name}.types.json").write_text(json.dumps(types))


def store(sink: SnowflakeSink, full_table_name: object, files: list[str], **_: Any) -> int:
    """Append the rows of the stage's files."""
    del full_table_name
    with (DIRECTORY / f"{sink.stream_name}.jsonl").open("ab") as rows:
        for file in files:
            path = Path(unquote(urlparse(file).path))
            rows.write(gzip.decompress(path.read_bytes()))
            path.unlink()
    return 0


SnowflakeConnector.create_engine = create_engine
SnowflakeSink.setup = setup
SnowflakeSink.insert_batch_files_via_internal_stage = store
SnowflakeSink.clean_up = lambda _sink: None

if __name__ == "__main__":
    sys.exit(TargetSnowflake.cli())
