from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tap_mws_reports.documents import Habits, explanation
from tap_mws_reports.errors import UnreadableDocument

WORDS = [
    (b"The requested data is\r\nunavailable, try other dates.\n", "The requested data is unavaila"),
    ("Données indisponibles".encode("cp1252"), "Données indisponibles"),
    ("データがありません".encode("cp932"), "データがありません"),
    (b"\xef\xbb\xbfNo data", "No data"),
    (b'{"errorDetails": "Dates must be Sunday to Saturday"}', "Dates must be Sunday to Saturday"),
    (b'{"reason": "nobody knows this key"}', '{"reason": "nobody knows this key"}'),
    (b"<html><h1>Sorry</h1></html>", "Sorry"),
    (b"<Error><Message>Too early</Message></Error>", "Too early"),
    (b"<Explanation><Why>Too &lt;early&gt;</Why></Explanation>", "Too <early>"),
    (gzip.compress(b"Too early", mtime=0), "Too early"),
    (b"Too early. " * 9_000, "Too early. Too early."),
]


@pytest.mark.parametrize(("content", "words"), WORDS, ids=lambda each: str(each)[:40])
def test_words_of_any_form_come_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "document"
    path.write_bytes(content)
    code_page = "cp1252" if content.startswith(b"Donn") else "cp932"

    said = explanation(path, charset=None, habits=Habits(code_page=code_page))

    assert said.startswith(words)
    assert len(said) < 600
    assert "\n" not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b" \n", "is empty"), (b"%PDF-1.7", "is a PDF"), (b"\x1f\x8b", "damaged")],
)
def test_document_without_words_is_unreadable(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "document"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocument, match=words) as caught:
        explanation(path, charset=None, habits=Habits())

    assert caught.value.where == "document"
