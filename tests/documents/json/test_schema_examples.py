"""The documents that Amazon's schemas of JSON reports have as examples, where they are at hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table

SCHEMAS = Path(__file__).parents[4] / "shared/reference/sp-api-models/schemas_reports"
ANY_TYPE = report_types.load("_GET_SOMETHING_NEW_")


def lists(value: object, path: str = "") -> Iterator[tuple[str, list[object]]]:
    """Yield the lists of objects in a document that are not within another one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from lists(inner, f"{path}.{key}" if path else key)
    if isinstance(value, list) and isinstance(value[0], dict):
        yield path, value


def examples() -> Iterator[object]:
    for schema in sorted(SCHEMAS.glob("*.json")):
        for number, example in enumerate(json.loads(schema.read_text("utf-8"))["examples"]):
            for path, elements in lists(example):
                name = f"{schema.stem}-{number}-{path}"
                yield pytest.param(example, path, len(elements), id=name)


def cells(value: object) -> list[str]:
    """The texts an element has to have; an empty one is none."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in cells(each)]
    if isinstance(value, list):
        return [json.dumps(value, ensure_ascii=False, separators=(",", ":"))]
    return [str(value).lower() if isinstance(value, bool) else str(value)] if value != "" else []


@pytest.mark.parametrize(("example", "path", "count"), [*examples()])
def test_every_list_of_an_example_is_read_completely(tmp_path, example, path, count) -> None:
    document = tmp_path / "report.json"
    document.write_text(json.dumps(example))
    table = open_table(
        document,
        report_type=replace(ANY_TYPE, list_path=path),
        charset=None,
        marketplace_format=MarketplaceFormat(),
    )
    (elements,) = (each for name, each in lists(example) if name == path)

    rows = [[each for each in row.values() if isinstance(each, str)] for row in table.rows()]

    assert table.counts.rows == len(rows) == count
    for row, element in zip(rows, elements, strict=True):
        assert not Counter(cells(element)) - Counter(row)
