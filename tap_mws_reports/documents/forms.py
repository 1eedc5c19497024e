"""Which form a document is of, told by its first bytes."""

from __future__ import annotations

from collections.abc import Callable

from tap_mws_reports.documents.decoding import beginning
from tap_mws_reports.documents.flat_file import open_flat_file
from tap_mws_reports.documents.form import Delivery, Form
from tap_mws_reports.documents.json import open_json
from tap_mws_reports.documents.media_types import head_of, media_type_of
from tap_mws_reports.documents.refusals import no_rows, refuse_message
from tap_mws_reports.documents.xml.document import open_xml

_OPENERS: dict[str, Callable[[Delivery], Form]] = {"<": open_xml, "{": open_json, "[": open_json}
"""What opens a document, by its first character; any other opens as a flat file."""


def open_form(delivery: Delivery) -> Form:
    """Read the header of a document, whatever its form.

    Raises:
        ErrorDocument: a message was delivered in place of the report; Amazon's words are in it.
        UnreadableDocument: the document is empty, damaged, or of a form that has no rows.
    """
    if file := media_type_of(delivery.path):
        no_rows(file.called)(delivery)
    text = beginning(head_of(delivery.path))
    refuse_message(text)
    return _OPENERS.get(text[:1], open_flat_file)(delivery)
