"""Whatever the documents contain, in blocks, with Arrow or one by one, the bytes are the same."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports import report_types

TYPES = (
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
)
EXTRACTED = re.compile(rb',"time_extracted":"[^"]+"')

ODD_CELLS = (
    *("", " ", "--", "N/A", "one", "12", "-0", "1.50", "1,234.5", "1E+3", ".5", "1e-19", "9" * 30),
    *(
        "true",
        "NO",
        "2020-02-30",
        "2020-02-29T01:02:03Z",
        "2021-05-24T00:00:00-07:00",
        "0001-01-01T00:00:00+01:00",
        "9223372036854775808",
        "12345678901234567.123456789",
        "05/06/2020",
    ),
    *(
        '4" x 2"',
        '"quoted"',
        "back\\slash",
        "Süßer",
        "日本語",
        "\U0001f600",
        "\x00\x1f",
        "\u2028\x85",
    ),
)
CELLS = st.sampled_from(ODD_CELLS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n"), max_size=12
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[str, list[bytes], list[str]]:
    """Return a report type, some of its documents, and columns that are not selected."""
    known = report_types.load(draw(st.sampled_from(TYPES)))
    specs = {spec.name: spec.header for spec in known.columns}
    identity = [specs[name] for name in known.identity.columns]
    bodies = draw(st.lists(documents(identity, list(specs.values())), min_size=1, max_size=3))
    names = st.sampled_from([*specs, "_unparsed", "_extra", "_row_number", "_report_id", "shelf"])
    return known.name, bodies, draw(st.lists(names, max_size=4))


@st.composite
def documents(draw: st.DrawFn, identity: list[str], headers: list[str]) -> bytes:
    """Return a document: its header, rows of any length, blank lines, the header once more."""
    others = draw(st.lists(st.sampled_from([*headers, "Shelf", "Größe", ""]), max_size=6))
    header = draw(st.permutations(list(dict.fromkeys([*identity, *headers[:2], *others]))))
    header += draw(st.sampled_from([[], [header[0]], ["note", "note"]]))
    width = len(header)
    even = st.lists(CELLS, min_size=width, max_size=width)
    line = even | st.lists(CELLS, max_size=width + 2) | st.sampled_from([[], header, [" "] * width])
    rows = draw(st.lists(line, max_size=8))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "".join("\t".join(cells) + end for cells in [header, *rows])
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])), "replace")


@given(
    delivery=deliveries(),
    decimals=st.sampled_from(["number", "exact"]),
    timestamps=st.sampled_from(["utc", "offset"]),
)
def test_all_paths_write_the_same_bytes(written, delivery, decimals, timestamps) -> None:
    report_type, bodies, deselected = delivery
    chosen = {"deselected": deselected, "decimals": decimals, "timestamps": timestamps}

    fast = written(report_type, bodies, **chosen)
    others = [
        written(report_type, bodies, **chosen, one_by_one=True),
        written(report_type, bodies, **chosen, arrow=True),
    ]

    for lines in others:
        assert [EXTRACTED.sub(b"", line) for line in fast] == [
            EXTRACTED.sub(b"", line) for line in lines
        ]
    kinds = [json.loads(line)["type"] for line in fast]
    assert kinds[0] == "SCHEMA"
    assert kinds[-1] == "STATE"
