"""Injected faults: each strikes a given number of times, or with a probability."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

EVERY_TIME = 1.0
WITHOUT_END = 2**62


class FaultKind(Enum):
    """The kind of a fault; `fault_table` has its group, its services and its effect."""

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

    def concerns(self, kind: FaultKind, subject: str, start: datetime | None) -> bool:
        """Whether the fault applies and has not been used up."""
        is_its_kind = self.kind is kind and self.subject in {None, subject}
        return is_its_kind and self.start in {None, start} and self.times > 0


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
            if fault.concerns(kind, subject, start) and self._falls(fault):
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
