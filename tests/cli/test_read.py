"""`mws-reports read` as a person uses it: rows on stdout, everything else on stderr."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.cli.read_summary import RULES
from tap_mws_reports.documents.decoding import Rule

HEADER = (
    "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
    "\tQuantity Available"
)
ROWS = ["007\tX001\tB01\tNewItem\tSELLABLE\t12", "008\tX002\tB02\tNewItem\tSELLABLE\tmany"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("\n".join([HEADER, *ROWS, ""]))
    return path


def summary_of(capfdbinary) -> dict[str, str]:
    """Return what stderr says by the name in front; lines below a name belong to it."""
    facts, name = dict[str, str](), ""
    for line in capfdbinary.readouterr().err.decode().splitlines():
        name, _, text = line.partition(": ") if line[:10].strip() else (name, "", line)
        facts[name.strip()] = f"{facts.get(name.strip(), '')}{text.strip()}\n"
    return facts


def test_a_report_is_read_without_its_type(document, capfdbinary) -> None:
    assert main(["read", str(document)]) == 0
    out, err = capfdbinary.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["quantity_available"] for row in rows] == [12, None]
    assert rows[0]["seller_sku"] == "007"
    assert err.decode() == (
        "    type: _GET_AFN_INVENTORY_DATA_ (by its header)\n"
        " charset: utf-8 (utf-8: every byte of the document fits)\n"
        " formats: United States (no --marketplace was given): dates MDY, decimal mark '.',"
        " zone names as in America/Los_Angeles\n"
        " columns: 6 known, 0 new, 0 missing\n"
        "     new: none\n"
        " missing: none\n"
        "   lines: 2 in: 2 rows, 0 blank, 0 rejected\n"
        "   cells: 1 did not fit their columns; _unparsed has them\n"
        '          quantity_available: 1, such as "many"\n'
    )


def test_the_type_and_the_marketplace_can_be_given(tmp_path, capfdbinary) -> None:
    path = tmp_path / "japan.txt"
    path.write_bytes("seller-sku\tasin\n棚-1\tB01\n".encode("cp932"))
    arguments = ["read", str(path), "--type", "GET_SOMETHING_NEW", "--marketplace", "JP"]
    assert main(arguments) == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["seller_sku"] == "棚-1"
    assert "_GET_SOMETHING_NEW_ (as given)" in err.decode()
    assert "cp932 (marketplace: the marketplace's code page)" in err.decode()
    assert "Japan (as given): dates YMD" in err.decode()


def test_a_japanese_header_identifies_the_marketplace(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.csv"
    header = "日付,出品者SKU,FNSKU,ASIN,商品名,コンディション,販売可能な在庫の合計"
    path.write_bytes(f"{header}\n2022-10-01T00:00:00+09:00,A,X1,B1,棚,新品,5\n".encode("cp932"))

    assert main(["read", str(path)]) == 0
    assert main(["read", str(path), "--marketplace", "DE"]) == 0

    untold, told = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert (untold["product_name"], untold["sellable_quantity"]) == ("棚", 5)
    assert "sellable_quantity" not in told


def test_the_reason_for_japan_is_shown(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes("日付,SKU,FNSKU,ASIN,商品名,コンディション\n".encode("cp932"))
    assert main(["read", str(path)]) == 0
    assert summary_of(capfdbinary)["formats"].startswith(
        "Japan (by its header; no --marketplace was given): dates YMD"
    )


@pytest.mark.parametrize(
    ("text", "codec", "given", "message"),
    [
        ("たなばた", "cp932", "US", "Japanese or Chinese, which --marketplace JP would read\n"),
        ("七夕的礼物", "gb18030", "US", "Japanese or Chinese, which --marketplace CN would read\n"),
        ("七夕的礼物", "gb18030", "JP", "Japanese or Chinese, which --marketplace CN would read\n"),
        ("たな", "cp932", "US", "Japanese or Chinese, which --marketplace JP or CN would read\n"),
        # Nothing but Japan's code page is close, and Japan was given.
        ("たなばた\udc82\udcff\udcff", "cp932", "JP", "are read as windows-1252)\n"),
    ],
)
def test_probably_wrong_characters_are_reported(
    tmp_path, capfdbinary, text, codec, given, message
) -> None:
    path = tmp_path / "report.txt"
    name = b"".join(
        bytes([ord(each) - 0xDC00]) if "\udc80" <= each <= "\udcff" else each.encode(codec)
        for each in text
    )
    path.write_bytes(f"{HEADER}\n".encode() + name + f"\t{ROWS[0]}\n".encode())

    assert main(["read", str(path), "--marketplace", given]) == 0

    assert summary_of(capfdbinary)["charset"].endswith(message)


@pytest.mark.parametrize(
    ("text", "codec", "message"),
    [
        (
            "たなばたの贈り物",
            "cp932",
            "Japan (by its letters, which look Japanese; no ",
        ),
        ("七夕的礼物", "gb18030", "China (by its letters, which look Chinese; no "),
    ],
)
def test_characters_identify_the_marketplace_below_an_english_header(
    tmp_path, capfdbinary, text, codec, message
) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(f"{HEADER}\n{text}\tX1\tB01\tNewItem\tSELLABLE\t5\n".encode(codec))

    assert main(["read", str(path)]) == 0

    out, err = capfdbinary.readouterr()
    assert json.loads(out)["seller_sku"] == text
    assert message in err.decode()
    assert "would read" not in err.decode()


LISTINGS = "item-name\tseller-sku\tprice\tquantity\topen-date\tasin1\tproduct-id\n"
PAYMENTS = "date/time,settlement id,type,order id,sku,marketplace,total\n"


@pytest.mark.parametrize(
    ("document", "dates", "formats", "message"),
    [
        # Zone names of one country.
        (
            LISTINGS + "a\tA\t1\t1\t02/05/2020 05:18:00 MEST\tB1\tB1\n"
            "b\tB\t1\t1\t31/12/2019 02:53:37 MET\tB2\tB2\n",
            ["2020-05-02T03:18:00+00:00", "2019-12-31T01:53:37+00:00"],
            "Germany (by MEST in its rows",
            None,
        ),
        # A domain in a row.
        (
            PAYMENTS + "02/05/2020 05:18:00 GMT,1,Order,1,A,amazon.co.uk,1\n",
            ["2020-05-02T05:18:00+00:00"],
            "United Kingdom (by Amazon.co.uk in its rows",
            None,
        ),
        # A currency in a sentence.
        (
            "All amounts in GBP\n" + PAYMENTS + "02/05/2020 05:18:00 UTC,1,Order,1,A,,1\n",
            ["2020-05-02T05:18:00+00:00"],
            "United Kingdom (by GBP in its rows",
            None,
        ),
        # A value over 12 in one place.
        (
            LISTINGS + "a\tA\t1\t1\t02/05/2020 05:18:00 UTC\tB1\tB1\n"
            "b\tB\t1\t1\t31/12/2019 02:53:37 UTC\tB2\tB2\n",
            ["2020-05-02T05:18:00+00:00", "2019-12-31T02:53:37+00:00"],
            "United States (no --marketplace was given",
            "open_date is read as DMY: 31/12/2019 02:53:37 UTC is not MDY\n",
        ),
        # Values over 12 in both places: no order fits.
        (
            LISTINGS + "a\tA\t1\t1\t12/31/2020 05:18:00 UTC\tB1\tB1\n"
            "b\tB\t1\t1\t31/12/2019 02:53:37 UTC\tB2\tB2\n",
            ["12/31/2020 05:18:00 UTC", "31/12/2019 02:53:37 UTC"],
            "United States (no --marketplace was given",
            "open_date is text: 31/12/2019 02:53:37 UTC is not MDY\n",
        ),
        # The zone contradicts the values.
        (
            LISTINGS + "a\tA\t1\t1\t12/31/2020 05:18:00 MET\tB1\tB1\n",
            ["12/31/2020 05:18:00 MET"],
            "Germany (by MET in its rows",
            "open_date is text: 12/31/2020 05:18:00 MET is not DMY\n",
        ),
        # Zones of two countries say nothing, and an ambiguous value is not evidence.
        (
            LISTINGS + "a\tA\t1\t1\t02/05/2020 05:18:00 MEST\tB1\tB1\n"
            "b\tB\t1\t1\t03/05/2020 05:18:00 PDT\tB2\tB2\n",
            ["2020-02-05T03:18:00+00:00", "2020-03-05T12:18:00+00:00"],
            "United States (no --marketplace was given",
            "open_date is read as MDY, which no value proves; --marketplace decides\n",
        ),
        # Dates that every marketplace writes alike are not in question.
        (
            LISTINGS + "a\tA\t1\t1\t02.05.2020 05:18:00 UTC\tB1\tB1\n"
            "b\tB\t1\t1\t2020-05-02 05:18:00 UTC\tB2\tB2\n",
            ["2020-05-02T05:18:00+00:00"] * 2,
            "United States (no --marketplace was given",
            None,
        ),
    ],
)
def test_rows_determine_the_order_of_day_and_month(
    tmp_path, capfdbinary, document, dates, formats, message
) -> None:
    path = tmp_path / "report.txt"
    path.write_text(document)
    listings = LISTINGS in document
    name = "MERCHANT_LISTINGS_ALL_DATA" if listings else "DATE_RANGE_FINANCIAL_TRANSACTION_DATA"

    assert main(["read", str(path), "--type", f"GET_{name}"]) == 0

    out, err = capfdbinary.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row.get("open_date", row.get("date_time")) for row in rows] == dates
    assert f" formats: {formats}" in err.decode()
    assert (f"   dates: {message}" if message else "") in err.decode()
    assert ("   dates: " in err.decode()) == (message is not None)


def test_a_given_marketplace_determines_the_date_order(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.txt"
    path.write_text(LISTINGS + "a\tA\t1\t1\t31/12/2019 02:53:37 MET\tB1\tB1\n")

    named = ["--type", "GET_MERCHANT_LISTINGS_ALL_DATA", "--marketplace", "US"]
    assert main(["read", str(path), *named]) == 0

    out, err = capfdbinary.readouterr()
    assert json.loads(out)["_unparsed"] == '{"open_date": "31/12/2019 02:53:37 MET"}'
    assert "dates: " not in err.decode().replace("given): dates", "")


def test_accented_letters_are_not_reported(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(f"{HEADER}\nthé à l'été\t{ROWS[0]}\n".encode("cp1252"))

    assert main(["read", str(path)]) == 0

    assert (
        summary_of(capfdbinary)["charset"] == "cp1252 (marketplace: the marketplace's code page)\n"
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("GET_AFN_INVENTORY_DATA", "as given"),
        # Nothing is known of its columns.
        ("GET_SOMETHING_NEW", "as given"),
        ("GET_FBA_REIMBURSEMENTS_DATA", "as given, but its header is that of _GET_AFN_INVENTORY_"),
    ],
)
def test_a_probably_wrong_type_is_reported(document, capfdbinary, name, why) -> None:
    assert main(["read", str(document), "--type", name]) == 0

    assert summary_of(capfdbinary)["type"].startswith(f"_{name}_ ({why}")


def test_the_header_of_a_given_type_is_found_below_prose(tmp_path, capfdbinary) -> None:
    path = tmp_path / "payments.csv"
    above = "All amounts are in dollars, and tax is not included.\nThis, too, is explained.\n"
    path.write_text(f"{above}date/time,type,total\n3 Apr 2025 11:02:03 UTC,Order,1.50\n")

    assert main(["read", str(path), "--type", "GET_DATE_RANGE_FINANCIAL_TRANSACTION_DATA"]) == 0

    assert json.loads(capfdbinary.readouterr().out)["total"] == 1.5


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_a_closed_stream_is_explained(monkeypatch, capfd, stream) -> None:
    monkeypatch.setattr(sys, stream, None)

    assert main(["read", "-"]) in {1, 2}

    assert f"{stream} is closed" in capfd.readouterr().err


def test_every_oddity_is_reported(tmp_path, capfdbinary) -> None:
    path = tmp_path / "odd.txt"
    header = "approval-date\treimbursement-id\tsku\tasin\tnew thing"
    rows = ["yesterday\t1\tA", "today\t2\tB\tb\tx\ty", "", header.upper(), "never\t3\tC\t"]
    path.write_text("\n".join(["Reimbursements of today", "", header, *rows, ""]))

    assert main(["read", str(path), "--marketplace", "FR", "--charset", "utf8"]) == 0

    facts = summary_of(capfdbinary)
    assert facts["type"] == "_GET_FBA_REIMBURSEMENTS_DATA_ (by its header)\n"
    assert facts["charset"] == "utf-8 (header: as given)\n"
    assert facts["formats"].startswith("France (as given): dates DMY, decimal mark ','")
    assert facts["columns"].startswith("4 known, 1 new, ")
    assert facts["new"] == "new_thing\n"
    assert "amount_total" in facts["missing"]
    assert facts["lines"] == (
        "7 in: 3 rows, 2 blank, 2 rejected\n"
        'line 1, preamble: ["Reimbursements of today"]\n'
        'line 7, header-repeat: ["APPROVAL-DATE", "REIMBURSEMENT-ID", "SKU", "ASIN", "NEW TH ...\n'
    )
    assert facts["cells"] == (
        '3 did not fit their columns; _unparsed has them\napproval_date: 3, such as "yesterday"\n'
    )
    assert facts["extra"] == (
        "rows longer than the header: 1, the first is row 2; _extra has what is beyond it\n"
    )


def test_a_line_with_a_stray_quote_is_shown(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.csv"
    path.write_text('sku,name,price\n"A","Lamp 12"","3.00"\n"B","hat","2.00"\n')

    assert main(["read", str(path)]) == 0
    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["sku"] for line in out.splitlines()] == ["B"]
    assert 'line 2, malformed-quotes: ["\\"A\\",\\"Lamp 12\\"\\",\\"3.00\\""]' in err.decode()


def test_a_document_that_ends_within_a_line_is_reported(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.txt"
    path.write_text(f"{HEADER}\n{ROWS[0]}\n009\tX003\tB03")

    assert main(["read", str(path)]) == 0
    assert summary_of(capfdbinary)["end"] == (
        "the document is possibly incomplete: it ends within a line, after 3 of 6 cells\n"
    )


def test_a_line_break_inside_a_cell_shows_as_short_rows(tmp_path, capfdbinary) -> None:
    path = tmp_path / "listings.txt"
    path.write_text("seller-sku\titem-name\tasin1\tprice\na\tLamp\nred\tB1\t9.99\nb\tMug\tB2\t5\n")

    assert main(["read", str(path)]) == 0
    assert summary_of(capfdbinary)["short"] == (
        "rows with fewer cells than the header: 2, the first is line 2; missing cells are null\n"
    )


def test_a_header_without_a_line_end_is_doubted(tmp_path, capfdbinary) -> None:
    path = tmp_path / "listings.txt"
    path.write_text("seller-sku\titem-name\tasi")

    assert main(["read", str(path)]) == 0
    assert summary_of(capfdbinary)["end"] == (
        "the document is possibly incomplete: it has no line end after its header\n"
    )


@pytest.mark.parametrize(
    ("end", "said"), [("", "; the last has no line end"), ("\n", ""), ("\r\n", ""), ("\n ", "")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_last_line_without_its_end_is_shown(
    tmp_path, capfdbinary, end: str, said: str, encoding: str
) -> None:
    path = tmp_path / "listings.txt"
    path.write_bytes(f"seller-sku\tasin1\tquantity\na\tB1\t66{end}".encode(encoding))

    assert main(["read", str(path)]) == 0
    blank = end.endswith(" ")
    assert summary_of(capfdbinary)["lines"] == (
        f"{1 + blank} in: 1 rows, {int(blank)} blank, 0 rejected{said}\n"
    )


def test_the_decision_about_quotes_is_shown(tmp_path, capfdbinary) -> None:
    path = tmp_path / "ledger.txt"
    path.write_text('"sku"\t"name"\n"A"\t"Frame 5"" x 7"""\n')

    assert main(["read", str(path)]) == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["name"] == 'Frame 5" x 7"'
    message = "  quotes: quotes inside cells are doubled throughout, and are read as one\n"
    assert message in err.decode()


def test_cells_in_the_quotes_of_a_spreadsheet_are_shown(tmp_path, capfdbinary) -> None:
    path = tmp_path / "listings.txt"
    path.write_text('seller-sku\titem-name\tasin1\na\t"Lamp, 5"" wide"\tB1\nb\tMug 5"\tB2\n')

    assert main(["read", str(path)]) == 0
    assert summary_of(capfdbinary)["quotes"] == (
        '1 cells are in quotes, such as "\\"Lamp, 5\\"\\" wide\\""; '
        "a spreadsheet may have added them, and they are kept\n"
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a\tLamp", "short: every row has 2 of 4 cells; those missing at the end are null"),
        ("a\tLamp\nb\tMug", "short: every row has 2 of 4 cells; those missing at the end are null"),
        ("a\tLamp\tB1\t1\n", ""),
        # A delimiter at the end of every line is not unusual, a tab inside a cell is.
        ("a\tLamp\tB1\t1\t\nb\tMug\tB2\t2\t", ""),
        (
            "a\tLamp\tB1\t1\nb\tM\tug\tB2\t",
            "long: rows with more cells than the header: 1, the first is line 3; "
            "the cells beyond are blank",
        ),
    ],
)
def test_rows_that_are_all_short_or_sometimes_long_are_shown(
    tmp_path, capfdbinary, rows: str, said: str
) -> None:
    path = tmp_path / "sales.txt"
    path.write_text(f"Item\tName\tCode\tUnits\n{rows}\n")

    assert main(["read", str(path)]) == 0
    err = capfdbinary.readouterr().err.decode()
    assert said in err
    assert any(f"{fact}:" in err for fact in ("   short", "    long")) is bool(said)


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("Total,,3,5", '"Total"'),
        (",gesamt:,3,5", '"gesamt:"'),
        ("合計,,3,5", '"合計"'),
        ("Total Care Shampoo,B3,3,5", ""),
        ("C,Total,3,5", ""),
        ("TOTAL-1,,3,5", ""),
    ],
)
def test_a_last_row_with_a_sum_is_shown(tmp_path, capfdbinary, last: str, said: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(f"Item,ASIN,Units,Price\nTotal,B1,1,2\nA,B2,2,3\n{last}\n", "utf-8")

    assert main(["read", str(path)]) == 0
    out, err = capfdbinary.readouterr()
    assert len(out.splitlines()) == 3
    remark = f"   total: the last row may be a sum of those above: {said}; it is kept\n"
    assert (remark in err.decode()) is bool(said)
    assert ("   total:" in err.decode()) is bool(said)


def test_settings_above_the_header_are_shown(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.csv"
    path.write_text('Reporting Range=["Weekly"],Year=["2026"]\nrank,term,clicks\n1,a,2\n')

    assert main(["read", str(path)]) == 0
    out, err = capfdbinary.readouterr()
    settings = '{"Reporting Range": ["Weekly"], "Year": ["2026"]}'
    assert json.loads(out)["_preamble"] == settings
    assert f"   above: {settings}; every row has them in _preamble\n" in err.decode()


def test_long_lists_and_texts_are_truncated(tmp_path, capfdbinary) -> None:
    path = tmp_path / "repeated.txt"
    header = "\t".join(f"a-rather-long-name-{number}" for number in range(9))
    path.write_text("\n".join([header] * 26))

    assert main(["read", str(path)]) == 0

    lines = summary_of(capfdbinary)["lines"].splitlines()
    assert lines[0] == "25 in: 0 rows, 0 blank, 25 rejected"
    assert len(lines) == 22
    assert lines[1].endswith(" ...")
    assert lines[-1] == "and 5 more"


def test_a_wrong_charset_is_overruled_and_reported(document, capfdbinary) -> None:
    document.write_text("sku\tname\n1\tä\n", encoding="utf-8")

    assert main(["read", str(document), "--charset", "US-ASCII"]) == 0

    facts = summary_of(capfdbinary)
    assert (
        facts["charset"]
        == "utf-8 (utf-8: every byte of the document fits; not US-ASCII as given)\n"
    )


def test_a_charset_confirmed_by_the_bom_is_not_overruled(document, capfdbinary) -> None:
    document.write_text("sku\tname\n1\tä\n", encoding="utf-8-sig")

    assert main(["read", str(document), "--charset", "utf8"]) == 0

    facts = summary_of(capfdbinary)
    assert facts["charset"] == "utf-8-sig (bom: by its byte order mark)\n"


def test_every_charset_rule_has_a_description() -> None:
    assert set(RULES) == set(get_args(Rule))


def test_a_key_that_is_incomplete_is_reported(document, capfdbinary) -> None:
    document.write_text("sku\tasin\n1\tB\n")

    assert main(["read", str(document), "--type", "_GET_FBA_REIMBURSEMENTS_DATA_"]) == 0

    assert summary_of(capfdbinary)["key"] == "incomplete without reimbursement_id\n"


def test_stdin_is_read(document, monkeypatch, capfdbinary) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(document.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)

    assert main(["read", "-"]) == 0

    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_a_named_pipe_is_read(document, tmp_path, capfdbinary) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[document.read_bytes()])
    writer.start()

    assert main(["read", str(pipe)]) == 0

    writer.join()
    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_rows_before_an_error_are_summarised(tmp_path, capfd) -> None:
    path = tmp_path / "cut.csv"
    path.write_text("sku,asin,name\n" + "1,B,x\n" * 20_000 + '2,C,"never closed\n')

    assert main(["read", str(path)]) == 1

    out, err = capfd.readouterr()
    assert out.startswith('{"sku":"1"')
    assert "   lines: " in err
    assert "error[TAP-602]: a quote opened in line 20002 is never closed" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.txt"], 2, "missing.txt cannot be read: No such file"),
        (["EMPTY"], 2, "there is no file in "),
        (["REPORT", "--marketplace", "Atlantis"], 2, "Amazon has no marketplace 'Atlantis'"),
        (["REPORT", "--charset", "klingon"], 2, "'klingon' is not a character set"),
        (["REPORT", "--type", "inventory please"], 2, "where: --type"),
    ],
)
def test_impossible_options_are_explained(document, capfd, arguments, code, message) -> None:
    empty = document.parent / "empty"
    empty.mkdir()
    named = {"REPORT": str(document), "EMPTY": str(empty)}
    assert main(["read", *(named.get(each, each) for each in arguments)]) == code
    out, err = capfd.readouterr()
    assert not out
    assert message in err
    assert err.count("error[") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"We could not make this report because of an internal error.\n", "internal error"),
        (b"<html><body>Sorry</body></html>", "Sorry"),
        (b"", "empty"),
        (bytes(range(256)) * 9, "the document is not text"),
        (b"PK\x03\x04", "extract the archive, and read its documents one by one"),
        (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "save its sheet as CSV UTF-8"),
        (b"%PDF-1.7", "request the flat-file version of this report type"),
    ],
)
def test_a_file_that_is_no_report_is_explained(tmp_path, capfd, content, message) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    assert main(["read", str(path)]) == 1
    out, err = capfd.readouterr()
    assert not out
    assert message in err


def test_a_file_without_read_permission_is_explained(document, monkeypatch, capfd) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["read", str(document)]) == 2
    assert "report.txt cannot be read: Permission denied" in capfd.readouterr().err


def test_a_closed_pipe_ends_the_command_silently(tmp_path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("sku\tasin\n" + "1\tB\n" * 50_000)
    command = "import sys; from tap_mws_reports.cli import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", command, "read", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as reading:
        assert reading.stdout
        assert reading.stderr
        reading.stdout.readline()
        reading.stdout.close()
        message = reading.stderr.read()
    assert reading.returncode == 141
    assert b"Traceback" not in message
    assert b"BrokenPipe" not in message


ORDERS = (
    "amazon-order-id\tpurchase-date\tquantity\n1\t2020-01-05T10:00:00-07:00\t9223372036854775808\n"
)


@pytest.mark.parametrize(
    ("arguments", "moment", "offsets"),
    [
        ((), "2020-01-05T17:00:00+00:00", '{"purchase_date": "-07:00"}'),
        (("--timestamps", "utc"), "2020-01-05T17:00:00+00:00", '{"purchase_date": "-07:00"}'),
        (("--timestamps", "offset"), "2020-01-05T10:00:00-07:00", None),
    ],
)
def test_timestamps_are_written_as_requested(
    tmp_path, capfdbinary, arguments, moment, offsets
) -> None:
    path = tmp_path / "orders.txt"
    path.write_text(ORDERS)
    known = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
    assert main(["read", str(path), "--type", known, *arguments]) == 0
    row = json.loads(capfdbinary.readouterr().out)
    assert (row["purchase_date"], row.get("_offsets")) == (moment, offsets)
    assert row["quantity"] is None
    assert json.loads(row["_unparsed"]) == {"quantity": "9223372036854775808"}
