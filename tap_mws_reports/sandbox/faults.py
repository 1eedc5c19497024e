"""Injected faults: each strikes a given number of times, or with a probability."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, NamedTuple

EVERY_TIME = 1.0
WITHOUT_END = 2**62


class FaultKind(Enum):
    """The kind of a fault; `FAULT_TABLE` has its group, its services and its effect."""

    # Transport: the subject is an operation, ``login`` or ``document``.
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    RESET = "reset"
    LOST_ANSWER = "lost_answer"
    TLS_FAILURE = "tls_failure"
    STALL = "stall"
    SLOW = "slow"
    REDIRECT = "redirect"  # an operation or a report type's document
    # Transport of a document: the subject is a report type.
    CORRUPT_MD5 = "corrupt_md5"
    SHORT_BODY = "short_body"
    UNFRAMED = "unframed"
    CUT_UNFRAMED = "cut_unframed"
    FLIPPED = "flipped"
    CORRUPT_GZIP = "corrupt_gzip"
    WRONG_ENCODING = "wrong_encoding"
    GZIP_UNTOLD = "gzip_untold"
    GZIP_UNTRUE = "gzip_untrue"
    # Protocol: the subject is an operation.
    THROTTLE = "throttle"  # in SP-API or a report type: quota left, but no answer
    BARE_THROTTLE = "bare_throttle"
    HTTP_400 = "http_400"
    HTTP_500 = "http_500"
    HTTP_503 = "http_503"
    ACCESS_ENDED = "access_ended"
    CLOCK_SKEW = "clock_skew"
    HTML_ANSWER = "html_answer"
    EMPTY_ANSWER = "empty_answer"
    MALFORMED_ANSWER = "malformed_answer"
    UNKNOWN_FIELDS = "unknown_fields"
    DUPLICATE_ENTRIES = "duplicate_entries"
    REORDERED_ENTRIES = "reordered_entries"
    SMALL_PAGES = "small_pages"
    TOKEN_ENDED = "token_ended"  # noqa: S105 - a kind of fault
    ROLE_MISSING = "role_missing"  # a report type
    ACCESS_REVOKED = "access_revoked"  # a seller
    # The life of a report: the subject is a report type.
    CANCELLED = "cancelled"
    NO_DATA = "no_data"
    FATAL = "fatal"
    STUCK = "stuck"
    LATE = "late"
    ERROR_SENTENCE = "error_sentence"
    HTML = "html"
    VANISHED = "vanished"
    URL_ENDED = "url_ended"
    FOREIGN = "foreign"
    # The content of a flat file: the subject is a report type.
    BYTE_ORDER_MARK = "byte_order_mark"
    CHARSET_UNTOLD = "charset_untold"
    NUL = "nul"
    STRAY_QUOTE = "stray_quote"
    RAGGED_ROWS = "ragged_rows"
    NEW_COLUMN = "new_column"
    RENAMED_COLUMN = "renamed_column"
    REORDERED_COLUMNS = "reordered_columns"
    DUPLICATE_COLUMN = "duplicate_column"
    EMPTY_FILE = "empty_file"
    HEADER_ONLY = "header_only"
    LONG_CELL = "long_cell"
    LOCAL_NUMBERS = "local_numbers"


@dataclass(slots=True)
class Fault:
    """One fault.

    ``subject`` is a report type or an operation; None stands for any. Of a report type ``start``
    narrows it to the window that begins then. ``rate`` is the probability with which it strikes,
    ``times`` how often it does at most.
    """

    kind: FaultKind
    subject: str | None = None
    times: int = 1
    start: datetime | None = None
    rate: float = EVERY_TIME

    def concerns(self, subject: str, start: datetime | None) -> bool:
        """Whether the fault applies to a subject and has not been used up."""
        is_its_subject = self.subject is None or self.subject == subject
        return is_its_subject and self.start in {None, start} and self.times > 0


class Faults:
    """The faults that are left.

    Args:
        faults: the injected faults.
        seed: decides when random faults strike.

    ``struck`` counts how often each kind has struck.
    """

    def __init__(self, faults: Iterable[Fault] = (), seed: int | str = 1) -> None:
        self._faults = list(faults)
        self._seed = seed
        self._chance: dict[FaultKind, random.Random] = {}
        self.struck: Counter[FaultKind] = Counter()

    def replace(self, faults: Iterable[Fault]) -> None:
        """Replace the remaining faults."""
        self._faults[:] = faults

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        self._faults.append(fault)

    def strikes(self, kind: FaultKind, subject: str, start: datetime | None = None) -> bool:
        """Whether a fault strikes now; it is counted as having struck."""
        for fault in self._faults:
            if fault.kind is kind and fault.concerns(subject, start) and self._falls(fault):
                fault.times -= 1
                self.struck[kind] += 1
                return True
        return False

    def fraction(self, kind: FaultKind) -> float:
        """Return a random number between 0 and 1, such as the place where a body is cut."""
        return self._rng(kind).random()

    def _falls(self, fault: Fault) -> bool:
        return fault.rate >= EVERY_TIME or self._rng(fault.kind).random() < fault.rate

    def _rng(self, kind: FaultKind) -> random.Random:
        """Return the random numbers of a kind: one fault fewer does not change the others."""
        if kind not in self._chance:
            self._chance[kind] = random.Random(f"{self._seed}/{kind.value}")
        return self._chance[kind]


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
