"""Map charset names of Content-Type headers to Python codecs.

Where documents use a superset of the named charset, the superset is taken: windows-31j for
Shift_JIS, windows-1252 for Latin-1, GB 18030 for GBK.
Sources: https://encoding.spec.whatwg.org/#names-and-labels,
https://docs.oracle.com/en/java/javase/21/intl/supported-encodings.html
"""

from __future__ import annotations

import codecs

# Codec to names of Java and IANA, letters and digits only.
_UNICODE = {
    "utf-8": "utf8 unicode11utf8",
    "utf-16": "utf16 unicode iso10646ucs2 ucs2",
    "utf-16-le": "utf16le unicodelittleunmarked",
    "utf-16-be": "utf16be unicodebigunmarked",
    "utf-32": "utf32 ucs4 iso10646ucs4",
    "utf-32-le": "utf32le",
    "utf-32-be": "utf32be",
}
_SINGLE_BYTE = {
    "ascii": "ascii usascii iso646us ansix341968 cp367",
    "cp1250": "cp1250 windows1250",
    "cp1251": "cp1251 windows1251",
    "cp1252": "cp1252 windows1252 ansi1252 iso88591 latin1 l1 cp819",
    "cp1253": "cp1253 windows1253",
    "cp1254": "cp1254 windows1254 iso88599 latin5 cp920",
    "cp1255": "cp1255 windows1255",
    "cp1256": "cp1256 windows1256",
    "cp1257": "cp1257 windows1257",
    "cp1258": "cp1258 windows1258",
    "cp874": "cp874 windows874 tis620 iso885911",
    "iso8859-2": "iso88592 latin2",
    "iso8859-5": "iso88595",
    "iso8859-6": "iso88596",
    "iso8859-7": "iso88597",
    "iso8859-8": "iso88598",
    "iso8859-15": "iso885915 latin9",
    "koi8-r": "koi8r",
}
_MULTI_BYTE = {
    "cp932": "cp932 windows31j ms932 windows932 cswindows31j shiftjis sjis mskanji cp943",
    "euc_jp": "eucjp xeucjp ujis",
    "iso2022_jp": "iso2022jp jis",
    "gb18030": "gb18030 gbk cp936 ms936 windows936 gb2312 euccn",
    "cp950": "big5 cp950 ms950 windows950",
    "big5hkscs": "big5hkscs",
    "cp949": "cp949 ms949 windows949 euckr ksc5601 ksc56011987",
}
_BY_SPELLING = {
    spelling: codec
    for table in (_UNICODE, _SINGLE_BYTE, _MULTI_BYTE)
    for codec, spellings in table.items()
    for spelling in spellings.split()
}

WIDE = frozenset(_UNICODE) - {"utf-8"}
"""Codecs with two or four bytes per character."""

SINGLE_BYTE = frozenset(_SINGLE_BYTE)
"""Codecs with one byte per character. They decode nearly any bytes, so success proves little."""

MULTI_BYTE = frozenset(_MULTI_BYTE)
"""East Asian codecs. ASCII bytes are ASCII in all of them, except in escapes of ISO-2022."""

ESCAPING = "iso2022_jp"
"""The codec in which ASCII bytes may encode other characters."""

# Order matters: the marks of UTF-32 begin with those of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def codec_named(charset: str | None) -> str | None:
    """Return the codec of a charset name in any spelling, or None for an unknown name."""
    return _BY_SPELLING.get("".join(filter(str.isalnum, charset or "")).lower())


def codec_of_mark(head: bytes) -> str | None:
    """Return the codec of the byte order mark, or None without one."""
    return next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), None)
