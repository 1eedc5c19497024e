"""The same values come out of every form of document, and so does what does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity

VALUES = {
    "made": "2020-01-05T10:00:00-07:00",
    "sent": "2020-01-05T10:00:00Z",
    "due": "0001-01-01T00:00:00+01:00",
    "day": "2020-01-05T00:00:00-07:00",
    "units": "9223372036854775807",
    "stock": "9223372036854775808",
}
KINDS = {
    **dict.fromkeys(("made", "sent", "due"), Kind.TIMESTAMP),
    "day": Kind.DATE,
    **dict.fromkeys(("units", "stock"), Kind.INTEGER),
}
_NUMBERS = "".join(f'"{name}": {VALUES[name]}, ' for name in ("units", "stock"))
_TEXTS = ", ".join(f'"{name}": "{VALUES[name]}"' for name in ("made", "sent", "due", "day"))
DOCUMENTS = {
    "tab": ("", "\t".join(VALUES) + "\n" + "\t".join(VALUES.values()) + "\n"),
    "csv": ("", ",".join(VALUES) + "\n" + ",".join(VALUES.values()) + "\n"),
    "json": ("", f'{{"rows": [{{{_NUMBERS}{_TEXTS}}}]}}'),
    "xml": (
        "Row/",
        "<Rows><Row>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in VALUES.items())
        + "</Row></Rows>",
    ),
}


@pytest.mark.parametrize("form", DOCUMENTS)
def test_values_are_the_same_in_every_format(form, tmp_path: Path) -> None:
    above, document = DOCUMENTS[form]
    path = tmp_path / "document"
    path.write_text(document, encoding="utf-8")
    report_type = ReportType(
        name="_GET_SOMETHING_NEW_",
        sp_api_name=None,
        stream="something_new",
        kind="range",
        title="A report made for tests",
        format=form,
        identity=Identity("document"),
        root="Rows" if above else "",
        row_elements=("Row",) if above else (),
        list_path="rows" if form == "json" else "",
        columns=tuple(
            ColumnSpec(above + name, kind, column_name(name)) for name, kind in KINDS.items()
        ),
    )

    (row,) = open_table(
        path, report_type=report_type, charset="utf-8", marketplace_format=MarketplaceFormat()
    ).rows()

    assert {name: row[name] for name in VALUES} == {
        "made": "2020-01-05T17:00:00+00:00",
        "sent": "2020-01-05T10:00:00+00:00",
        "due": None,
        "day": "2020-01-05",
        "units": 2**63 - 1,
        "stock": None,
    }
    assert json.loads(str(row["_offsets"])) == {"made": "-07:00"}
    assert json.loads(str(row["_unparsed"])) == {
        "due": VALUES["due"],
        "stock": VALUES["stock"],
    }
