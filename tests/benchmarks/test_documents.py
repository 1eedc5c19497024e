"""The table of documents that are whole, typed and warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.documents import documents_in, examine, main, table_of, totals_of

ROOT = Path(__file__).parents[2]
LOOK_ALIKES = ROOT / "tests" / "documents" / "look_alikes"
SAMPLES = ROOT.parent / "shared" / "samples" / "reports"


def documented_table() -> str:
    text = (ROOT / "docs" / "reading.md").read_text("utf-8")
    return text.partition("<!-- look-alikes -->\n")[2].partition("\n<!-- /look-alikes -->")[0]


def test_the_table_in_the_docs_is_that_of_the_look_alikes() -> None:
    assert documented_table() == table_of(map(examine, documents_in(LOOK_ALIKES)))


def test_totals_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("sku\tcolour\n1\tred\n", "utf-8")
    (tmp_path / "b.csv").write_text('"sku","name","price"\n"1","a"b"","2"\n', "utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "notes.md").write_text("no document", "utf-8")
    outcomes = list(map(examine, documents_in(tmp_path)))

    assert totals_of(outcomes) == {
        "documents": 3,
        "whole": 1,
        "typed": 0,
        "wholly_typed": 0,
        "warned": 2,
        "errors": 1,
    }
    assert "| `c.txt` | 0 | refused |  |  | the document is empty" in table_of(outcomes)


def test_the_last_line_is_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("sku\tcolour\n1\tred\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["documents", str(tmp_path)])
    main()

    assert capsys.readouterr().out.splitlines()[-1].startswith('{"documents": 1, "whole": 1')


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not there")
def test_samples_are_complete_and_typed() -> None:
    outcomes = list(map(examine, documents_in(SAMPLES)))
    totals = totals_of(outcomes)

    # The documentation's example has blanks in place of tabs, and is refused.
    assert totals["errors"] == 1
    assert totals["whole"] == totals["typed"] == totals["documents"] - 1
    # Nine in ten are wholly typed.
    assert totals["wholly_typed"] >= 0.9 * totals["whole"]
