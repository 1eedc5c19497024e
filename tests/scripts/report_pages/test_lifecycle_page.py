from __future__ import annotations

import inspect
import json

import jsonschema
import pytest
from report_pages.lifecycle_page import LIFECYCLE, lifecycle_page

every_stream = pytest.mark.parametrize("stream", LIFECYCLE, ids=lambda stream: stream.name)


@every_stream
def test_the_page_describes_the_streams_schema(stream) -> None:
    page = lifecycle_page(stream)

    assert f"# `{stream.name}`\n\n{inspect.getdoc(stream)}\n" in page
    key = ", ".join(f"`{column}`" for column in stream.primary_keys)
    assert f"## Key\n\n{key}\n" in page
    assert all(f"\n| `{name}` | " in page for name in stream.schema["properties"])


@every_stream
def test_the_example_is_a_record_of_the_stream(stream) -> None:
    example = lifecycle_page(stream).split("```json\n")[1].split("\n```")[0]

    jsonschema.validate(json.loads(example), stream.schema)
    assert json.loads(example).keys() == stream.schema["properties"].keys()
