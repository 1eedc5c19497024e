from __future__ import annotations

import pytest
from report_pages.stream_page import stream_page


@pytest.mark.parametrize(
    "piece",
    [
        "# `traffic_by_day`\n\nVisits: By day. `GET_TRAFFIC` in SP-API.\n",
        "| longest window | none is stated |\n",
        "| list | `byDate` |\n",
        "| `size` | `small`, `large` | yes | how much of it |\n| `raw` | any text | no |  |\n",
        "`_seller_id`, `day`\n\nOf the kind *row*: the columns identify a row. "
        r"There is one for each day\_.",
        "| `day` | date | `Day\\|Tag` | `jour`, `día` |\n",
        "[new columns](../reading.md#columns)",
        '"type": "GET_TRAFFIC",\n      "options": {\n        "size": "small"\n',
        '"_report_type": "_GET_TRAFFIC_",',
        '"day": "2024-05-17",',
    ],
)
def test_the_page_of_a_part_describes_the_report(traffic, day, piece) -> None:
    assert piece in stream_page(traffic, day)


@pytest.mark.parametrize(
    "piece",
    [
        "| format | PDF, kept as a file |",
        "## Columns\n\nThe document is kept as a file; it is not read as rows.\n\n## Columns of",
        'In the settings:\n\n```json\n{\n  "reports": [\n    "_GET_FORM_"\n  ]\n}\n```',
    ],
)
def test_the_page_of_a_file(form, piece) -> None:
    assert piece in stream_page(form, form)


def test_unknown_facts_have_no_section(form) -> None:
    page = stream_page(form, form)
    assert "## Options" not in page
    assert "## Sources" not in page
