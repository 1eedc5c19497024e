"""Every meaning is of a column that a stream has, and says something."""

from __future__ import annotations

import pytest

from tap_mws_reports.report_types import all_known
from tap_mws_reports.report_types.column_meanings import Meanings, all_meanings, meanings_of

COLUMNS = {
    stream.stream: {spec.name for spec in stream.columns}
    for known in all_known()
    for stream in known.streams
}
ROWS = [
    (meanings, column, text)
    for meanings in all_meanings()
    for column, text in [
        *meanings.columns.items(),
        *((name, text) for name, each in meanings.values.items() for text in each.values()),
    ]
]


@pytest.mark.rows(
    ("meanings", "column", "text"), ROWS, ids=[f"{row[0].streams[0]}.{row[1]}" for row in ROWS]
)
def test_a_meaning_is_of_a_column(meanings: Meanings, column: str, text: str) -> None:
    assert any(column in COLUMNS[stream] for stream in meanings.streams)
    assert text == text.strip()
    assert text
    assert not text.endswith(".")
    assert text.lower() != column.replace("_", " ")


def test_every_table_has_its_own_streams_and_a_source() -> None:
    streams = [stream for each in all_meanings() for stream in each.streams]
    assert len(set(streams)) == len(streams)
    assert set(streams) <= COLUMNS.keys()
    for each in all_meanings():
        assert each.source
        assert all(address.startswith("https://") for address in each.source)
        assert each.values.keys() <= each.columns.keys()


def test_a_stream_without_meanings_has_none() -> None:
    assert meanings_of("feed_summary_report") is None


def test_a_stream_has_the_meanings_of_its_own_columns() -> None:
    found = meanings_of("merchant_listings_data")
    assert found is not None
    assert found.of({"price"}).columns == {"price": "the price of the offer"}
    assert found.of({"price"}).values == {}
