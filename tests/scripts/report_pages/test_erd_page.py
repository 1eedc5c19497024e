"""The diagrams name every table with its key, in words that Mermaid reads."""

from __future__ import annotations

import re

import pytest
from report_pages.erd_page import erd_page

from tap_mws_reports.report_types import all_known
from tap_mws_reports.streams.row_schema import primary_keys

PAGE = erd_page(all_known())
STREAMS = [stream for known in all_known() for stream in known.streams]


@pytest.mark.rows("stream", STREAMS, ids=lambda stream: stream.stream)
def test_a_table_has_the_columns_of_its_key(stream) -> None:
    (entity,) = re.findall(
        rf"^    {stream.stream} \{{\n(.*?)^    \}}", PAGE, re.MULTILINE | re.DOTALL
    )
    keys = [line.split()[1] for line in entity.splitlines() if "PK" in line]
    assert keys == list(primary_keys(stream, keep_snapshots=False))
    assert f'reports ||--o{{ {stream.stream} : "_report_id"' in PAGE


def test_every_line_of_a_diagram_is_valid_mermaid() -> None:
    attribute = r"        [a-z_]+ \w+ (PK|FK|PK, FK)"
    relation = r"    \w+ \|\|--o[{|] \w+ : \"\w+\""
    known = re.compile(rf"erDiagram|    direction LR|    \w+ \{{|    \}}|{attribute}|{relation}")
    for diagram in re.findall(r"```mermaid\n(.*?)\n```", PAGE, re.DOTALL):
        assert [line for line in diagram.splitlines() if not known.fullmatch(line)] == []
