"""Write the rows of a document to the files of a BATCH message.

File names contain seller, stream and report, so that a report that is read again replaces its
files.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, groupby, takewhile
from operator import itemgetter

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.batch.batch_formats import BatchFormat
from tap_mws_reports.streams.batch.batch_storage import BatchStorage


def write_batch_files(
    blocks: Iterator[RecordBatch], storage: BatchStorage, name: str, form: BatchFormat, size: int
) -> list[str]:
    """Write the rows of a document and return the addresses of the files.

    Surplus files of an earlier run for the document are removed: a consumer that lists the folder
    would read their rows twice.

    Args:
        blocks: the rows; all blocks have the same columns.
        storage: where to write.
        name: begins the name of every file.
        form: the format of the files.
        size: how many rows go into a file.

    Raises:
        SettingsError: no row goes into a file, or the files cannot be written.
    """
    if size < 1:
        raise SettingsError(
            f"a batch file cannot hold {size} rows",
            where="setting `batch_config.batch_size`",
            hint="set it to 10000, or leave it out",
        )
    names = (f"{name}-{number:05}{form.suffix}" for number in count(1))
    manifest = []
    for _, of_one_file in groupby(_cut(blocks, size), key=itemgetter(0)):
        file_name = next(names)
        with storage.new_file(file_name) as file:
            form.write((block for _, block in of_one_file), file)
        manifest.append(storage.address(file_name))
    for _removed in takewhile(storage.remove, names):
        pass
    return manifest


def _cut(blocks: Iterator[RecordBatch], size: int) -> Iterator[tuple[int, RecordBatch]]:
    """Yield the blocks cut where a file is full, each with the number of its file, from 1."""
    rows = 0
    for block in blocks:
        start = 0
        while start < len(block):
            end = min(len(block), start + size - rows % size)
            yield rows // size + 1, block[start:end]
            rows += end - start
            start = end
