"""The files of a BATCH message: the rows of a document, in as many files as they need.

Their names say seller, stream and report, so that the files of a report that is read once more
replace those written before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from singer_sdk.helpers._batch import BatchConfig

from tap_mws_reports.documents import Block
from tap_mws_reports.streams.batch_format import Format


def write_files(blocks: Iterator[Block], config: BatchConfig, name: str, form: Format) -> list[str]:
    """Write the rows of a document and return the addresses of the files.

    Args:
        blocks: the rows; all blocks have the same columns.
        config: where to write, and how many rows go into a file.
        name: begins the name of every file.
        form: the format of the files.
    """
    storage, manifest = config.storage, []
    for number, blocks_of_file in groupby(_cut(blocks, config.batch_size), key=itemgetter(0)):
        file_name = f"{storage.prefix or ''}{name}-{number:05}{form.suffix}"
        with storage.open(file_name, "wb") as file:
            form.write((block for _, block in blocks_of_file), file)
        manifest.append(storage.get_url(file_name))
    return manifest


def _cut(blocks: Iterator[Block], size: int) -> Iterator[tuple[int, Block]]:
    """Yield the blocks cut where a file is full, each with the number of its file, from 1."""
    rows = 0
    for block in blocks:
        start = 0
        while start < len(block):
            end = min(len(block), start + size - rows % size)
            yield rows // size + 1, block[start:end]
            rows += end - start
            start = end
