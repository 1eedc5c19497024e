"""The names of character sets as Content-Type headers spell them, and the codecs they mean.

Where documents really use a larger set than the one that is named, the larger one is taken:
Shift_JIS means windows-31j, Latin-1 windows-1252, GBK GB 18030.
Sources: https://encoding.spec.whatwg.org/#names-and-labels,
https://docs.oracle.com/en/java/javase/21/intl/supported-encodings.html
"""

from __future__ import annotations

import codecs

# Codec to spellings by letters and digits, those of Java and of IANA.
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
"""The codecs of two or four bytes a character."""

SINGLE_BYTE = frozenset(_SINGLE_BYTE)
"""The codecs of one byte a character. Nearly any bytes are text to them: to fit proves little."""

MULTI_BYTE = frozenset(_MULTI_BYTE)
"""The codecs of East Asia; ASCII is ASCII to all of them except in ISO-2022's escapes."""

ESCAPING = "iso2022_jp"
"""The codec in which bytes that are all ASCII may be other characters."""

# The marks of UTF-32 begin with those of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def codec_named(charset: str | None) -> str | None:
    """Return the codec of a charset's name in any spelling, or None for a name nobody knows."""
    return _BY_SPELLING.get("".join(filter(str.isalnum, charset or "")).lower())


def codec_of_mark(head: bytes) -> str | None:
    """Return the codec that the byte order mark at the beginning means, or None without one."""
    return next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), None)
