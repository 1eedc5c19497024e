from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.documents.charsets import BLOCK_SIZE, codec_named, likely_east_asian
from tap_mws_reports.documents.decoding import (
    Decoding,
    beginning,
    decide_encoding,
    open_text,
    text_blocks,
)

WESTERN = "sku\tname\n1\tcafé – 5€\n2\técran «été»\n"
GERMAN = "sku\tname\n1\tGröße für Füße\n"
JAPANESE = "sku\t商品名\n1\t靴下～ソニー①髙\n2\tあい\n"
KATAKANA = "sku\tname\n1\tソニー\n"
HALF_WIDTH = "sku\tname\n1\tﾃｱ\n"  # in Shift_JIS the bytes of ñ in UTF-8
CHINESE = "sku\t商品名称\n1\t联通手机\n"
RARE_CHINESE = "sku\tname\n1\t商品㐀\U00020000\n"
POLISH = "sku\tname\n1\tżółć\n"
RUSSIAN = "sku\tname\n1\tсапоги\n"
GREEK = "sku\tname\n1\tπαπούτσια\n"
TURKISH = "sku\tname\n1\tışık\n"
ARABIC = "sku\tname\n1\tحذاء\n"
KOREAN = "sku\tname\n1\t신발\n"
TAIWANESE = "sku\tname\n1\t鞋子碁\n"
PLAIN = "sku\tname\n1\tsocks\n"
EMOJI = "sku\tname\n1\t\U0001f9e6 socks\n"

MARK = b"\xef\xbb\xbf"
MANY = "é" * 100
HEADER, UTF_8, LOCAL, MIXED = "header", "utf-8", "marketplace", "mixed"

CASES = [
    # bytes, charset of the header, code page, codec, rule, text
    # All ASCII: the header is believed, whatever it says.
    (PLAIN.encode(), None, "cp1252", "utf-8", UTF_8, PLAIN),
    (PLAIN.encode(), "Cp1252", "cp1252", "cp1252", HEADER, PLAIN),
    (PLAIN.encode(), "windows-31j", "cp1252", "cp932", HEADER, PLAIN),
    (PLAIN.encode(), "US-ASCII", "cp1252", "ascii", HEADER, PLAIN),
    (PLAIN.encode(), "UTF-16", "cp1252", "utf-8", UTF_8, PLAIN),
    (b"", None, "cp1252", "utf-8", UTF_8, ""),
    # Byte order marks.
    (MARK + JAPANESE.encode(), "Cp1252", "cp932", "utf-8-sig", "bom", JAPANESE),
    (MARK, None, "cp1252", "utf-8-sig", "bom", ""),
    (JAPANESE.encode("utf-16"), "UTF-8", "cp932", "utf-16", "bom", JAPANESE),
    (b"\xfe\xff" + PLAIN.encode("utf-16-be"), None, "cp1252", "utf-16", "bom", PLAIN),
    (JAPANESE.encode("utf-32"), None, "cp1252", "utf-32", "bom", JAPANESE),
    (b"\0\0\xfe\xff" + PLAIN.encode("utf-32-be"), None, "cp1252", "utf-32", "bom", PLAIN),
    # A mark before bytes that are something else.
    (MARK + WESTERN.encode("cp1252"), None, "cp1252", "utf-8-sig", MIXED, WESTERN),
    (JAPANESE.encode("utf-16") + b"a", None, "cp932", "utf-16", MIXED, JAPANESE + "a"),
    # A mark where another document was joined on.
    ((MARK + PLAIN.encode()) * 2, None, "cp1252", "utf-8-sig", "bom", f"{PLAIN}\ufeff{PLAIN}"),
    # UTF-16 and UTF-32 without a mark.
    (JAPANESE.encode("utf-16-le"), "UTF-16", "cp932", "utf-16-le", HEADER, JAPANESE),
    (JAPANESE.encode("utf-16-be"), "UTF-16LE", "cp932", "utf-16-be", HEADER, JAPANESE),
    (WESTERN.encode("utf-16-le"), None, "cp1252", "utf-16-le", "zeros", WESTERN),
    (WESTERN.encode("utf-16-be"), "Cp1252", "cp1252", "utf-16-be", "zeros", WESTERN),
    (EMOJI.encode("utf-32-le"), None, "cp1252", "utf-32-le", "zeros", EMOJI),
    (EMOJI.encode("utf-32-be"), "UTF-32", "cp1252", "utf-32-be", HEADER, EMOJI),
    (TURKISH.encode("utf-16-le"), None, "cp1254", "utf-16-le", "zeros", TURKISH),
    # Zeros that are characters themselves, and all stand on one side.
    (b"sku\tname\n1\ta\0b\n", None, "cp1252", "utf-8", UTF_8, "sku\tname\n1\ta\0b\n"),
    (b"sku\tname\tnote\n\0\t\0\t\0\n", None, "cp1252", "utf-8", UTF_8, None),
    ("sku\tname\tnote\n\0\t\0\t\0é\n".encode(), None, "cp1252", "utf-8", UTF_8, None),
    # A header that is right, in any spelling.
    (WESTERN.encode("cp1252"), "Cp1252", "cp932", "cp1252", HEADER, WESTERN),
    (WESTERN.encode("cp1252"), "windows-1252", "gbk", "cp1252", HEADER, WESTERN),
    (GERMAN.encode("cp1252"), "ISO-8859-1", "cp932", "cp1252", HEADER, GERMAN),
    (WESTERN.encode("iso8859-15", "ignore"), "ISO-8859-15", "cp1252", "iso8859-15", HEADER, None),
    (JAPANESE.encode("cp932"), "windows-31j", "cp1252", "cp932", HEADER, JAPANESE),
    (JAPANESE.encode("cp932"), "Shift_JIS", "cp1252", "cp932", HEADER, JAPANESE),
    (HALF_WIDTH.encode("cp932"), "Windows-31J", "cp932", "cp932", HEADER, HALF_WIDTH),
    (KATAKANA.encode("euc_jp"), "EUC-JP", "cp1252", "euc_jp", HEADER, KATAKANA),
    (KATAKANA.encode("iso2022_jp"), "ISO-2022-JP", "cp932", "iso2022_jp", HEADER, KATAKANA),
    (CHINESE.encode("gbk"), "GB2312", "gbk", "gb18030", HEADER, CHINESE),
    (RARE_CHINESE.encode("gb18030"), "GBK", "gbk", "gb18030", HEADER, RARE_CHINESE),
    (TAIWANESE.encode("cp950"), "Big5", "cp1252", "cp950", HEADER, TAIWANESE),
    (KOREAN.encode("cp949"), "EUC-KR", "cp1252", "cp949", HEADER, KOREAN),
    (POLISH.encode("cp1250"), "Cp1250", "cp1252", "cp1250", HEADER, POLISH),
    (POLISH.encode("iso8859-2"), "ISO-8859-2", "cp1252", "iso8859-2", HEADER, POLISH),
    (RUSSIAN.encode("cp1251"), "windows-1251", "cp1252", "cp1251", HEADER, RUSSIAN),
    (GREEK.encode("cp1253"), "windows-1253", "cp1252", "cp1253", HEADER, GREEK),
    (TURKISH.encode("cp1254"), "Cp1254", "cp1252", "cp1254", HEADER, TURKISH),
    (TURKISH.encode("iso8859-9"), "ISO-8859-9", "cp1252", "cp1254", HEADER, TURKISH),
    (ARABIC.encode("cp1256"), "windows-1256", "cp1252", "cp1256", HEADER, ARABIC),
    (JAPANESE.encode(), "utf8", "cp1252", "utf-8", HEADER, JAPANESE),
    (JAPANESE.encode(), '"UTF-8"', "cp1252", "utf-8", HEADER, JAPANESE),
    # A header that is wrong, though its charset may fit.
    (WESTERN.encode(), "Cp1252", "cp1252", "utf-8", UTF_8, WESTERN),
    (GERMAN.encode(), "ISO-8859-1", "cp1252", "utf-8", UTF_8, GERMAN),
    (POLISH.encode(), "Cp1250", "cp1252", "utf-8", UTF_8, POLISH),
    (ARABIC.encode(), "windows-1256", "cp1252", "utf-8", UTF_8, ARABIC),
    (JAPANESE.encode(), "windows-31j", "cp932", "utf-8", UTF_8, JAPANESE),
    ("あい".encode(), "windows-31j", "cp932", "utf-8", UTF_8, "あい"),
    ("café £5\n".encode(), "windows-31j", "cp1252", "utf-8", UTF_8, "café £5\n"),
    (CHINESE.encode(), "GBK", "gbk", "utf-8", UTF_8, CHINESE),
    (JAPANESE.encode(), "US-ASCII", "cp1252", "utf-8", UTF_8, JAPANESE),
    (JAPANESE.encode(), "UTF-16", "cp932", "utf-8", UTF_8, JAPANESE),
    (KATAKANA.encode("cp932"), "ISO-2022-JP", "cp932", "cp932", LOCAL, KATAKANA),
    (JAPANESE.encode("cp932"), "UTF-8", "cp932", "cp932", LOCAL, JAPANESE),
    (JAPANESE.encode("cp932"), "windows-1252", "cp932", "cp932", LOCAL, JAPANESE),
    (KATAKANA.encode("cp932"), "ISO-8859-1", "cp932", "cp932", LOCAL, KATAKANA),
    (CHINESE.encode("gbk"), "Cp1252", "gbk", "gb18030", LOCAL, CHINESE),
    (WESTERN.encode("cp1252"), "UTF-8", "cp1252", "cp1252", LOCAL, WESTERN),
    (WESTERN.encode("cp1252"), "windows-31j", "cp1252", "cp1252", LOCAL, WESTERN),
    # No header that says anything.
    (JAPANESE.encode(), None, "cp1252", "utf-8", UTF_8, JAPANESE),
    (JAPANESE.encode(), "", "cp1252", "utf-8", UTF_8, JAPANESE),
    (JAPANESE.encode(), "no-such-charset", "cp1252", "utf-8", UTF_8, JAPANESE),
    (JAPANESE.encode(), "rot13", "cp1252", "utf-8", UTF_8, JAPANESE),
    (JAPANESE.encode("cp932"), None, "cp932", "cp932", LOCAL, JAPANESE),
    (CHINESE.encode("gbk"), None, "gbk", "gb18030", LOCAL, CHINESE),
    (WESTERN.encode("cp1252"), None, "cp1252", "cp1252", LOCAL, WESTERN),
    # Nothing fits whole: every byte is a character all the same.
    (b"caf\xe9 \x81 \x96", None, "cp1252", "cp1252", MIXED, "café \x81 –"),
    (b"caf\xe9 \x81 \x96", "Cp1252", "cp932", "cp1252", MIXED, "café \x81 –"),
    (b"caf\xe9 \x81 \x96", "UTF-16", "cp1252", "cp1252", MIXED, "café \x81 –"),
    (JAPANESE.encode("cp932") + b"\x81", None, "cp932", "cp932", MIXED, JAPANESE + "\x81"),
    (MANY.encode() + b"\xe9\n", None, "cp1252", "utf-8", MIXED, MANY + "é\n"),
    (MANY.encode() + b"\xe9\n", "Cp1252", "cp1252", "utf-8", MIXED, MANY + "é\n"),
    (JAPANESE.encode() + b"\xe9\n", "UTF-8", "cp932", "utf-8", MIXED, JAPANESE + "é\n"),
    (JAPANESE[:-1].encode()[:-1], None, "cp1252", "utf-8", MIXED, JAPANESE[:-2] + "ã\x81"),
    # U+FFFD that Amazon sent is Amazon's.
    ("lost \ufffd\n".encode(), None, "cp1252", "utf-8", UTF_8, "lost \ufffd\n"),
]


@pytest.mark.parametrize(("document", "charset", "code_page", "encoding", "rule", "text"), CASES)
def test_charset_is_detected_without_losing_a_character(
    tmp_path: Path,
    document: bytes,
    charset: str | None,
    code_page: str,
    encoding: str,
    rule: str,
    text: str | None,
) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(document)

    decoding = decide_encoding(path, charset=charset, code_page=code_page)

    assert (decoding.encoding, decoding.rule) == (encoding, rule)
    with open_text(path, decoding) as stream:
        assert stream.read() == (document.decode(encoding) if text is None else text)
    assert "".join(text_blocks(path, decoding)) == (text or document.decode(encoding))


@pytest.mark.parametrize(
    ("document", "charset", "declared", "encoding", "rule"),
    [
        (WESTERN.encode("cp1252"), None, "ISO-8859-1", "cp1252", "declaration"),
        (WESTERN.encode("cp1252"), "UTF-8", "ISO-8859-1", "cp1252", "declaration"),
        (JAPANESE.encode("cp932"), "EUC-JP", "Shift_JIS", "cp932", "declaration"),
        (PLAIN.encode(), "UTF-8", "ISO-8859-1", "utf-8", HEADER),
        (JAPANESE.encode(), None, "ISO-8859-1", "utf-8", UTF_8),
        (PLAIN.encode("utf-16-le"), "UTF-8", "UTF-16", "utf-16-le", "declaration"),
        (PLAIN.encode(), None, "UTF-16", "utf-8", UTF_8),
    ],
)
def test_document_may_name_its_charset_itself(
    tmp_path: Path, document: bytes, charset: str | None, declared: str, encoding: str, rule: str
) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(document)

    decoding = decide_encoding(path, charset=charset, code_page="cp1252", declared=declared)

    assert (decoding.encoding, decoding.rule) == (encoding, rule)


@pytest.mark.parametrize("rule", [LOCAL, MIXED])
def test_last_byte_of_a_long_document_affects_the_charset(tmp_path: Path, rule: str) -> None:
    path = tmp_path / "document.txt"
    characters = 1 if rule == LOCAL else 8
    path.write_bytes(b"a" * (3 * BLOCK_SIZE) + "é".encode() * characters + b"\xe9")

    assert decide_encoding(path, charset=None, code_page="cp1252").rule == rule


@pytest.mark.parametrize("character", ["靴", "é", "\U0001f9e6"])
@pytest.mark.parametrize("before", [1, 2, 3])
def test_character_across_two_blocks_is_kept(tmp_path: Path, character: str, before: int) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(b"a" * (BLOCK_SIZE - before) + character.encode() + b"a" * BLOCK_SIZE)

    assert decide_encoding(path, charset="Cp1252", code_page="cp1252") == Decoding("utf-8", "utf-8")


@pytest.mark.parametrize(("codec", "text"), [("cp1252", "é"), ("cp932", "靴"), ("gb18030", "商")])
def test_first_non_ascii_byte_may_end_a_block(tmp_path: Path, codec: str, text: str) -> None:
    path = tmp_path / "document.txt"
    odd = text.encode(codec)
    path.write_bytes(b"a" * (BLOCK_SIZE - 1) + odd + b"\n" + odd * 9 + b"\n")

    assert decide_encoding(path, charset=None, code_page=codec) == Decoding(codec, "marketplace")


@pytest.mark.parametrize("codec", sorted({each.code_page for each in MARKETPLACES.values()}))
def test_every_code_page_of_a_marketplace_is_known(codec: str) -> None:
    assert codec_named(codec)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (b"\n <a>", "<a>"),
        (MARK + b"{", "{"),
        ("<a>".encode("utf-16"), "<a>"),
        ("{}".encode("utf-16-be"), "{}"),
        (b"", ""),
    ],
)
def test_beginning_identifies_the_first_character(head: bytes, text: str) -> None:
    assert beginning(head) == text


@given(
    content=st.binary(max_size=300),
    charset=st.sampled_from([None, "Cp1252", "UTF-8", "windows-31j", "GBK", "UTF-16", "EUC-JP"]),
    code_page=st.sampled_from(["cp1252", "cp932", "gbk"]),
)
def test_any_bytes_are_text_and_none_is_replaced(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, charset: str | None, code_page: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)

    decoding = decide_encoding(path, charset=charset, code_page=code_page)
    text = "".join(text_blocks(path, decoding))

    assert text.count("\ufffd") <= content.count(b"\xef\xbf\xbd") + content.count(b"\xfd\xff") * 2
    assert bool(text) or len(content) <= 4


@pytest.mark.parametrize(
    ("text", "encoding", "likely"),
    [
        ("キッチン用品 ステンレス製の鍋", "cp932", "cp932"),
        ("3本セット\tUSBケーブル\t2m", "cp932", "cp932"),
        ("新品\t不要\t出品者", "cp932", "cp932"),
        ("亚马逊 儿童 玩具", "gb18030", "gb18030"),
        # An accented letter and the next one are one character in East Asian code pages.
        ("Lámpara plástica, elástica, clásica", "cp1252", None),
        ("élégant, réglé, régulier", "cp1252", None),
        ("men’s, women’s, kid’s, dog’s", "cp1252", None),
        ("çiçek çiçek çiçek", "cp1254", None),
        ("żółty żółty żółty", "iso8859-2", None),
        ("EDIÇÃO, COLEÇÃO, PROMOÇÃO, SEÇÃO", "cp1252", None),
        ("plain text", "ascii", None),
    ],
)
def test_letters_tell_japanese_and_chinese_from_european_words(
    tmp_path: Path, text: str, encoding: str, likely: str | None
) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(text.encode(encoding))

    assert likely_east_asian(path) == likely
