"""createRestrictedDataToken: a token for documents with personal data, and for nothing else.

Source: https://developer-docs.amazon.com/sp-api/docs/tokens-api-use-case-guide
"""

from __future__ import annotations

from collections.abc import Mapping

from tap_mws_reports.api.sp_api.operations import OPERATIONS
from tap_mws_reports.sandbox.faults import FaultKind
from tap_mws_reports.sandbox.sp_api import tokens
from tap_mws_reports.sandbox.sp_api.api_calls import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.documents import entry_of
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult, invalid
from tap_mws_reports.sandbox.sp_api.tokens import Token
from tap_mws_reports.sandbox.sp_api.type_names import is_restricted

_DOCUMENTS = OPERATIONS["getReportDocument"].path.split("{")[0]


def create_restricted_data_token(call: ApiCall) -> Json:
    """Give a token for the resources that a call names."""
    resources = call.values["restrictedResources"]
    for resource in resources:
        _check(call, resource)
    token = Token(
        call.now + tokens.LIFE,
        seller_id=call.account.seller_id,
        resources=tuple(f"{each['method']} {each['path']}" for each in resources),
    )
    text = tokens.write(token)
    return {"restrictedDataToken": text, "expiresIn": int(tokens.LIFE.total_seconds())}


def _check(call: ApiCall, resource: Mapping[str, str]) -> None:
    """Refuse what is no document with personal data, each by its own path.

    Sources: https://github.com/amzn/selling-partner-api-docs/issues/1009 and issues/806
    """
    path = resource["path"]
    if resource["method"] != "GET" or not path.startswith(_DOCUMENTS):
        raise _no_access()
    entry = entry_of(call.account, path.removeprefix(_DOCUMENTS))
    if entry is None or not is_restricted(entry.wanted):
        raise invalid("Invalid or unsupported document ID found")
    wanted = entry.wanted
    if call.faults.strikes(FaultKind.ROLE_MISSING, wanted.report_type, wanted.start):
        raise _no_access()


def _no_access() -> ErrorResult:
    return invalid("Application do not have access to some or all requested resource")
