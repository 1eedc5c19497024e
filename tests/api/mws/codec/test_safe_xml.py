from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports.api.mws.codec import safe_xml


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"<a>",
        b"<a/><b/>",
        b"<a>\x00</a>",
        b"<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'.encode("utf-16"),
        b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
        b"<a>&undeclared;</a>",
        b"<a>" * 1000 + b"</a>" * 1000,
    ],
)
def test_unsafe_xml_is_refused(body: bytes) -> None:
    with pytest.raises(safe_xml.NotXml):
        safe_xml.parse(body)


def test_no_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    body = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]><a>&b;</a>'
    with pytest.raises(safe_xml.NotXml) as caught:
        safe_xml.parse(body.encode())
    assert "hunter2" not in str(caught.value)


def test_text_is_found_in_any_namespace_and_around_comments() -> None:
    root = safe_xml.parse(b'<a xmlns:n="urn:n"><n:b> one<!-- and --> two </n:b><b>three</b></a>')
    assert safe_xml.name(root) == "a"
    assert safe_xml.text(root, "b") == "one two"
    assert safe_xml.text(root, "c") is None
    assert safe_xml.text(root, "c", "b") == "one two"


def test_the_first_non_empty_text_of_a_name_counts() -> None:
    root = safe_xml.parse(
        b'<a xmlns:n="urn:n"><c>3</c><b> </b><n:b>1<i>2</i></n:b><b>4</b><d/></a>'
    )
    assert list(safe_xml.texts(root).items()) == [("c", "3"), ("b", "12")]
