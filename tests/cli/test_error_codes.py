"""Every error code is in the table, and the docs are generated from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.cli.error_codes import ERROR_CODES, ErrorCode, describe_code, find_code
from tap_mws_reports.errors import TapError, errors_by_code


def kinds(kind: type[TapError] = TapError) -> Iterator[type[TapError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from kinds(each)


def test_the_table_has_every_code_once_in_order() -> None:
    codes = [each.code for each in ERROR_CODES]
    assert codes == sorted({kind.code for kind in kinds()})


@pytest.mark.rows("kind", [*kinds()], ids=lambda kind: kind.__name__)
def test_the_classes_of_a_code_match_the_table(kind) -> None:
    first = errors_by_code()[kind.code]
    assert (first.exit_code, first.may_pass) == (kind.exit_code, kind.may_pass)


@pytest.mark.parametrize("entry", ERROR_CODES, ids=lambda entry: entry.code)
def test_a_code_is_explained(entry: ErrorCode, capsys) -> None:
    assert main(["explain", entry.code]) == 0
    message = capsys.readouterr().out
    assert message.rstrip("\n") == describe_code(entry, errors_by_code()[entry.code])
    for text in (entry.title, entry.meaning, *entry.remedy):
        assert text in message


@pytest.mark.rows("entry", ERROR_CODES, ids=lambda entry: entry.code)
def test_an_entry_consists_of_sentences(entry: ErrorCode) -> None:
    assert not entry.title.endswith(".")
    assert entry.remedy
    assert all(text.endswith((".", "`", "?")) for text in (entry.meaning, *entry.remedy))


def test_without_a_code_all_codes_are_listed(capsys) -> None:
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [each.code for each in ERROR_CODES]


@pytest.mark.parametrize("text", ["TAP-201", "tap-201", "201", "error[TAP-201]"])
def test_a_code_is_found_in_any_spelling(text) -> None:
    found = find_code(text)
    assert found is not None
    assert found.code == "TAP-201"


def test_an_unknown_code_is_an_error(capsys) -> None:
    assert main(["explain", "TAP-999"]) == 2
    assert "there is no error code `TAP-999`" in capsys.readouterr().err
