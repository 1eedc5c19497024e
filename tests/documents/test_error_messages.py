from __future__ import annotations

import pytest

from tap_mws_reports.documents.error_documents import ErrorMessage, error_message_in, one_line

MESSAGES = [
    ("<html><title>503</title><p>Try&nbsp;again</p></html>", "503 Try again", ""),
    ("<!DOCTYPE HTML><script>let a = '<p>';</script><p>Sorry</p>", "Sorry", ""),
    ('<?xml version="1.0"?>\n<!-- proxy -->\n<!DOCTYPE html><html>Gone</html>', "Gone", ""),
    ("<Error><Code>AccessDenied</Code><Message>No &amp; no</Message></Error>", "No & no", "Acc"),
    ("<m:ErrorResponse><m:Message>No</m:Message></m:ErrorResponse>", "No", ""),
    ("<GetReportErrorResponse>Broken</GetReportErrorResponse>", "Broken", ""),
    ('{"errorDetails": "Days must be a week"}', "Days must be a week", ""),
    ('{"reportSpecification": {"a": 1}, "errorDetails": "Too early"}', "Too early", ""),
    ('{"errors": [{"code": "InvalidInput", "message": "No such day"}]}', "No such day", "Inv"),
    ('{"errors": [{"message": "One"}, {"message": "Two"}]}', "One; Two", ""),
    ('{"errors": [{"code": "E1", "details": "Only details"}]}', "Only details", "E1"),
    ('{"error": {"code": 500, "reason": "x"}}', '{"code": 500, "reason": "x"}', "500"),
    ('{"error": "invalid_grant"}', "invalid_grant", ""),
    ('{"message": "Forbidden"}', "Forbidden", ""),
    ('[{"code": "E1", "message": "One"}]', "One", "E1"),
]

REPORTS = [
    "sku\tquantity",
    "",
    '<?xml version="1.0"?><AmazonEnvelope><Error>in a report</Error></AmazonEnvelope>',
    "<Result><Node>html</Node></Result>",
    '{"reportSpecification": {}, "salesByDate": []}',
    '{"reportSpecification": {}, "errors": []}',
    '{"message": "a column", "sku": "1"}',
    '[{"code": "1", "message": "a row", "sku": "1"}]',
    "[]",
    "[1]",
    "{}",
    '{"errors": [{"mess',
    "[" * 60_000,
    "<??>" * 16_000,
    "<!---->" * 9_000 + "<a>",
]


@pytest.mark.parametrize(("text", "words", "code"), MESSAGES)
def test_message_is_recognised_by_its_format(text: str, words: str, code: str) -> None:
    found = error_message_in(text)

    assert found is not None
    assert one_line(found.words) == words
    assert found.code.startswith(code)
    assert bool(found.code) == bool(code)


@pytest.mark.parametrize("text", REPORTS, ids=lambda text: text[:60])
def test_report_is_not_a_message(text: str) -> None:
    assert error_message_in(text) is None


def test_long_messages_are_truncated() -> None:
    assert one_line("word " * 200).endswith("word ...")
    assert ErrorMessage(one_line("a\n b")).words == "a b"
