"""Which form a document is of, told by its first bytes."""

from __future__ import annotations

from tap_mws_reports.documents.flat_file import open_flat_file
from tap_mws_reports.documents.form import Delivery, Form
from tap_mws_reports.documents.json import is_json, open_json
from tap_mws_reports.documents.refusals import refuse_other_forms

_HEAD_SIZE = 64 * 1024


def open_form(delivery: Delivery) -> Form:
    """Read the header of a document, whatever its form.

    Raises:
        ErrorDocument: a message was delivered in place of the report; Amazon's words are in it.
        UnreadableDocument: the document is empty, damaged, or of a form that has no rows.
    """
    with delivery.path.open("rb") as document:
        head = document.read(_HEAD_SIZE)
    refuse_other_forms(head)
    if is_json(head):
        return open_json(delivery)
    return open_flat_file(delivery)
