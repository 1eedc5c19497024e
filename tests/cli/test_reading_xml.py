from __future__ import annotations

import json

from tap_mws_reports.cli import main

PARCELS = "<Result>{}<Note>\x01fragile</Note></Result>"
PARCEL = "<Parcel><ID>{}</ID></Parcel>"


def test_an_xml_document_is_read_like_any_other(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.xml"
    path.write_text(PARCELS.format(PARCEL.format("007") + PARCEL.format("008")))

    assert main(["read", str(path)]) == 0

    out, err = capfdbinary.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["parcel_id"], row["note"]) for row in rows] == [
        ("007", "fragile"),
        ("008", "fragile"),
    ]
    said = err.decode()
    assert "no known report type has this header" in said
    assert "2 in: 2 rows, 0 blank, 0 refused" in said


def test_where_an_xml_document_breaks_off_is_said(tmp_path, capfd) -> None:
    path = tmp_path / "report.xml"
    path.write_text("<Result>\n<Parcel>\n<ID>00")

    assert main(["read", str(path)]) == 1

    out, err = capfd.readouterr()
    assert out == ""
    assert "line 3" in err
