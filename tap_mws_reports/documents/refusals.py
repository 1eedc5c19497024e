"""Documents that are no table, raised as errors: with Amazon's words where there are any.

Amazon delivers a sentence, an HTML page or an error answer with the status of a finished report, in
place of it or of its rest; that is never read as zero rows, nor as half of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

from tap_mws_reports.documents.form import Delivery
from tap_mws_reports.documents.messages import Message, message_in, one_line
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

_FEWEST_WORDS = 4
_WIDE_ENDS = ("\u3002", "\uff01", "\uff1f")  # Chinese and Japanese sentences have no blanks
_ENDS = (".", "!", "?", *_WIDE_ENDS)
_HINT = "if Amazon's words do not help, ask for a shorter range or try the report again later"


def refuse_message(text: str) -> None:
    """Raise `ErrorDocument` when a document is a message in HTML, XML or JSON.

    Args:
        text: its beginning.
    """
    if message := message_in(text):
        _error("Amazon delivered a message in place of the report", message)


def refuse_rest(words: str) -> NoReturn:
    """Raise `ErrorDocument` for a document that breaks off in a message."""
    message = message_in(words.lstrip()) or Message(words)
    _error("The report breaks off, and in place of the rest Amazon delivered a message", message)


def refuse_sentence(header: Sequence[str], *, beginning: str, known_type: bool) -> None:
    """Raise when what should be the header of a document is a sentence.

    To be called for headers without a tab of which no name is known. One cell is no header of a
    type whose columns are known, and neither are a few words with a blank after the comma; with
    any type, words that end like a sentence are none.

    Args:
        header: the cells of the first line.
        beginning: the beginning of the document, to be quoted.
        known_type: whether the columns of the report type are known.

    Raises:
        ErrorDocument: with the document's words.
    """
    single = len(header) == 1
    text = ",".join(header).strip()
    several = len(text.split()) >= _FEWEST_WORDS
    ends = text.endswith(_ENDS)
    spaced = all(cell.startswith(" ") for cell in header[1:])
    prose = (several and (single or ends)) or (single and text.endswith(_WIDE_ENDS))
    if prose or (known_type and (single or (several and spaced))):
        _error("Amazon delivered a message in place of the report", Message(beginning))


def no_rows(form: str) -> Callable[[Delivery], NoReturn]:
    """Return what opens documents of a form that has no rows: it raises `UnreadableDocument`."""

    def refuse(delivery: Delivery) -> NoReturn:
        del delivery
        raise UnreadableDocument(
            f"the document is {form}, which cannot be read as rows",
            hint="read a report that is text: this type's flat-file twin, or what an archive holds",
        )

    return refuse


def _error(what: str, message: Message) -> NoReturn:
    quote = one_line(message.words)
    raise ErrorDocument(f'{what}: "{quote}"', hint=_HINT, amazon_code=message.code)
