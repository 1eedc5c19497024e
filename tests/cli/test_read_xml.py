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
    message = err.decode()
    assert "no known report type has this header" in message
    assert "2 in: 2 rows, 0 blank, 0 rejected" in message


def test_the_position_where_an_xml_document_breaks_off_is_shown(tmp_path, capfd) -> None:
    path = tmp_path / "report.xml"
    path.write_text("<Result>\n<Parcel>\n<ID>00")

    assert main(["read", str(path)]) == 1

    out, err = capfd.readouterr()
    assert out == ""
    assert "line 3" in err


def test_the_charset_that_an_xml_document_declares_is_reported(tmp_path, capfd) -> None:
    path = tmp_path / "report.xml"
    xml = '<?xml version="1.0" encoding="ISO-8859-1"?>' + PARCELS.format(PARCEL.format("Köln"))
    path.write_bytes(xml.encode("iso-8859-1"))

    assert main(["read", str(path)]) == 0

    out, err = capfd.readouterr()
    assert "Köln" in out
    assert "cp1252 (declaration: as declared in the document)" in err
