from __future__ import annotations

import pytest

from tap_mws_reports.documents.cells.text import read_boolean, read_text

SPELLINGS = [
    (True, ["true", "TRUE", "Yes", "yes", "y", "Y", "1", " true "]),
    (False, ["false", "False", "No", "NO", "n", "N", "0"]),
    (True, ["ja", "Oui", "SÍ", "sì", "si", "Sim", "tak", "prawda", "vrai", "Evet", "はい", "是"]),
    (False, ["Nein", "non", "não", "NIE", "fałsz", "nee", "Nej", "hayır", "faux", "いいえ", "否"]),
    (None, ["", " ", "--", "N/A"]),
]


@pytest.mark.parametrize(
    ("expected", "cell"), [(value, cell) for value, cells in SPELLINGS for cell in cells]
)
def test_boolean(expected: bool | None, cell: str) -> None:
    assert read_boolean(cell) is expected


@pytest.mark.parametrize("cell", ["maybe", "2", "AMAZON_NA", "yesno"])
def test_other_words_do_not_fit(cell: str) -> None:
    with pytest.raises(ValueError, match=cell):
        read_boolean(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", None),
        ("   ", None),
        ("　", None),
        (" a ", " a "),
        ("--", "--"),
        ("N/A", "N/A"),
        ("0042", "0042"),
    ],
)
def test_text_is_kept_as_it_is(cell: str, expected: str | None) -> None:
    assert read_text(cell) == expected
