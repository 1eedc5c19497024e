"""Make the next batch of a document while the last one is written."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

from tap_mws_reports.documents.record_batch import RecordBatch


def read_ahead(batches: Generator[RecordBatch]) -> Iterator[RecordBatch]:
    """Yield the batches in their order; a thread makes the next one meanwhile.

    One batch is made ahead, so memory does not grow with the document. An error is raised after all
    batches before it. Whoever stops early waits for the batch that is being made.
    """
    with ThreadPoolExecutor(1, "document") as reader:
        try:
            following = reader.submit(next, batches, None)
            while (batch := following.result()) is not None:
                following = reader.submit(next, batches, None)
                yield batch
        finally:
            reader.shutdown()
            batches.close()
