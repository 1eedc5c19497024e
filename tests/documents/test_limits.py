"""Every limit has a document that goes beyond it, and an error that says so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import (
    MarketplaceFormat,
    decompressed,
    decompression,
    limits,
    open_table,
)
from tap_mws_reports.errors import UnreadableDocument

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
ROOMY = 8 * 1024**2

# Limit, document beyond it, words of the error.
BREACHES = {
    "LARGEST_DOCUMENT": (b"sku\n" + bytes(ROOMY), f"larger than {ROOMY:,} bytes"),
    "HIGHEST_RATIO": (gzip.compress(bytes(ROOMY)), "more than 1,000 times its size"),
    "RATIO_COUNTS_FROM": (gzip.compress(bytes(2 * 1024**2)), "more than 1,000 times its size"),
    "LONGEST_HEADER": (b"sku" * limits.LONGEST_HEADER, "first line is longer than 65536"),
    "MOST_COLUMNS": (b"s\t" * limits.MOST_COLUMNS + b"s\n", "2,001 columns, more than 2,000"),
    "LONGEST_LINE": (b"a\tb\n" + b"x" * (limits.LONGEST_LINE + 2**17), "longer than 2097152"),
}


def test_every_limit_has_a_case() -> None:
    assert list(BREACHES) == [name for name in vars(limits) if name.isupper()]


@pytest.mark.parametrize("limit", BREACHES)
def test_exceeded_limit_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    if limit == "LARGEST_DOCUMENT":
        monkeypatch.setattr(decompression, "LARGEST_DOCUMENT", ROOMY)
    content, words = BREACHES[limit]
    path = tmp_path / "report.txt"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocument, match=words), decompressed(path) as plain:
        list(
            open_table(
                plain, report_type=UNKNOWN, charset=None, marketplace_format=MarketplaceFormat()
            ).rows()
        )


def test_the_maximum_number_of_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"s\t" * (limits.MOST_COLUMNS - 1) + b"s\n")

    table = open_table(
        path, report_type=UNKNOWN, charset=None, marketplace_format=MarketplaceFormat()
    )

    assert len(table.columns) == limits.MOST_COLUMNS
