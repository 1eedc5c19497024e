"""Every kind of fault: its group, the services that have it, and what it does."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tap_mws_reports.sandbox.faults import FaultKind

Group = Literal["transport", "protocol", "life of a report", "content"]
BOTH = ("mws", "sp_api")
SP_API = ("sp_api",)
MWS = ("mws",)


class FaultFacts(NamedTuple):
    """A row of the table."""

    group: Group
    services: tuple[str, ...]
    effect: str


_K = FaultKind
_BY_GROUP: dict[Group, list[tuple[FaultKind, tuple[str, ...], str]]] = {
    "transport": [
        (_K.DNS_FAILURE, BOTH, "the host's name is not found"),
        (_K.REFUSED, BOTH, "the connection is refused"),
        (_K.RESET, BOTH, "the connection breaks before the call is read"),
        (_K.LOST_ANSWER, BOTH, "the call takes effect, and the connection breaks"),
        (_K.TLS_FAILURE, BOTH, "no secure connection"),
        (_K.STALL, BOTH, "no answer within the client's time limit"),
        (_K.SLOW, BOTH, "the answer takes a minute"),
        (_K.REDIRECT, SP_API, "the answer sends the client to another host"),
        (_K.CORRUPT_MD5, MWS, "a document is not what its MD5 says"),
        (_K.SHORT_BODY, BOTH, "a document ends before its Content-Length"),
        (_K.UNFRAMED, BOTH, "a document comes without Content-Length"),
        (_K.CUT_UNFRAMED, BOTH, "the same, without MD5, and it ends early"),
        (_K.FLIPPED, BOTH, "bytes of a document differ, its length is right"),
        (_K.CORRUPT_GZIP, SP_API, "bytes of a compressed document differ"),
        (_K.WRONG_ENCODING, BOTH, "Content-Encoding says gzip, the document is plain"),
        (_K.GZIP_UNTOLD, SP_API, "a document is compressed without a declaration"),
        (_K.GZIP_UNTRUE, SP_API, "a document is declared compressed, but plain"),
    ],
    "protocol": [
        (_K.THROTTLE, BOTH, "a call is throttled although quota is left"),
        (_K.BARE_THROTTLE, BOTH, "the same, without Amazon's headers and error"),
        (_K.HTTP_400, BOTH, "a valid call is refused as invalid"),
        (_K.HTTP_500, BOTH, "500, InternalError or InternalFailure"),
        (_K.HTTP_503, SP_API, "503, ServiceUnavailable"),
        (_K.ACCESS_ENDED, SP_API, "an access token ends before its time"),
        (_K.CLOCK_SKEW, MWS, "a call is refused because of its timestamp"),
        (_K.HTML_ANSWER, BOTH, "200 with a page of HTML"),
        (_K.EMPTY_ANSWER, BOTH, "200 with an empty body"),
        (_K.MALFORMED_ANSWER, BOTH, "200 with half of an answer"),
        (_K.UNKNOWN_FIELDS, BOTH, "an answer has unknown fields"),
        (_K.DUPLICATE_ENTRIES, BOTH, "a list has its entries twice"),
        (_K.REORDERED_ENTRIES, BOTH, "a list has its entries in another order"),
        (_K.SMALL_PAGES, BOTH, "a page of a list has one entry"),
        (_K.TOKEN_ENDED, BOTH, "the token of a list's next page has ended"),
        (_K.ROLE_MISSING, SP_API, "the application lacks the role for a report type"),
        (_K.ACCESS_REVOKED, SP_API, "a seller's authorisation is refused"),
    ],
    "life of a report": [
        (_K.CANCELLED, BOTH, "Amazon gives a report up; in SP-API it is FATAL"),
        (_K.NO_DATA, BOTH, "there is nothing to report"),
        (_K.FATAL, BOTH, "a report fails, and its document says why"),
        (_K.STUCK, BOTH, "a report is never done"),
        (_K.LATE, BOTH, "a report takes eight hours longer"),
        (_K.ERROR_SENTENCE, BOTH, "the document is a sentence"),
        (_K.HTML, BOTH, "the document is a page of HTML"),
        (_K.VANISHED, BOTH, "a finished report cannot be downloaded"),
        (_K.URL_ENDED, SP_API, "a document's address ends before its time"),
        (_K.FOREIGN, BOTH, "another program requests the type for other dates"),
    ],
    "content": [
        (_K.BYTE_ORDER_MARK, BOTH, "the document begins with a byte order mark"),
        (_K.CHARSET_UNTOLD, BOTH, "the charset of the document is not declared"),
        (_K.NUL, BOTH, "a cell contains a NUL"),
        (_K.STRAY_QUOTE, BOTH, "a cell begins with a quote that does not end"),
        (_K.RAGGED_ROWS, BOTH, "lines have fewer or more cells than the header"),
        (_K.NEW_COLUMN, BOTH, "there is an unknown column"),
        (_K.RENAMED_COLUMN, BOTH, "the last column has another name"),
        (_K.REORDERED_COLUMNS, BOTH, "the columns have another order"),
        (_K.DUPLICATE_COLUMN, BOTH, "the header names a column twice"),
        (_K.EMPTY_FILE, BOTH, "the document has no byte"),
        (_K.HEADER_ONLY, BOTH, "the document has no row"),
        (_K.LONG_CELL, BOTH, "a cell has 300,000 characters"),
        (_K.LOCAL_NUMBERS, BOTH, "numbers have a comma before their decimals"),
    ],
}
FAULT_TABLE: dict[FaultKind, FaultFacts] = {
    kind: FaultFacts(group, services, effect)
    for group, rows in _BY_GROUP.items()
    for kind, services, effect in rows
}


def option_name(kind: FaultKind) -> str:
    """Return what the command line calls a kind, such as ``lost-answer``."""
    return kind.value.replace("_", "-")


BY_OPTION = {option_name(kind): kind for kind in FaultKind}
