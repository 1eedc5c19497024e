"""target-bigquery up to its connection: what it would send as a load job goes to a folder.

Run by the Python of the target's environment, with the target's own arguments. The target reads the
messages, translates the schemas and writes the JSON lines of its load jobs; here they are appended
to ``STREAM.jsonl`` and the columns' types are in ``STREAM.types.json``, in the folder of the
variable ``OFFLINE_DIRECTORY``.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

from target_bigquery.batch_job import BigQueryBatchJobDenormalizedSink as Sink
from target_bigquery.target import TargetBigQuery

DIRECTORY = Path(os.environ["OFFLINE_DIRECTORY"])


def create_target(sink: Sink, key_properties: object = None) -> None:
    """Translate the schema as for a new table."""
    del key_properties
    fields = sink.table.get_resolved_schema(sink.apply_transforms)
    types = {field.name: field.field_type.upper() for field in fields}
    (DIRECTORY / f"{sink.stream_name}.types.json").write_text(json.dumps(types))


def process_batch(sink: Sink, context: Any) -> None:
    """Append the rows of a load job."""
    del context
    sink.buffer.close()
    with (DIRECTORY / f"{sink.stream_name}.jsonl").open("ab") as rows:
        rows.write(gzip.decompress(bytes(sink.buffer.getvalue())))
    sink.buffer = type(sink.buffer)()


Sink.create_target = create_target
Sink.update_schema = lambda _sink: None
Sink.process_batch = process_batch

if __name__ == "__main__":
    with patch("target_bigquery.core.bigquery_client_factory", MagicMock()):
        sys.exit(TargetBigQuery.cli())
