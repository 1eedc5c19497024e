"""The headers of MWS's answers that are the same for every operation.

Opaque values are derived from the request's id, so that a run can be repeated.
Sources:
https://github.com/ScaleLeap/amazon-mws-api-sdk/tree/master/test/integration/__recordings__,
https://github.com/lineofflight/peddler/blob/v2.4.5/test/vcr_cassettes/Reports.yml
"""

from __future__ import annotations

import base64
import random
import string
from datetime import datetime

from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.sandbox.http import http_date

_VARY = "Content-Type,Accept-Encoding,X-Amzn-CDN-Cache,X-Amzn-AX-Treatment,User-Agent"
_RID = string.ascii_uppercase + string.digits
_AUTHORIZATION = (
    "AAA SignedHeaders=X-Amz-Date, "
    "identity=com.amazon.aaa.FrpAndromedaReportsPlugin.AndromedaControlService."
    "amzn1.aaa.id.sandbox.Default/1, Signed=true, Encrypted=false, Signature={}, "
    "Algorithm=HmacSHA256"
)
_CONTEXT_BYTES = 56
_SIGNATURE_BYTES = 32


def usual(request_id: str, now: datetime) -> dict[str, str]:
    """Return the headers of every answer."""
    rng = random.Random(request_id)
    return {
        "Server": "Server",
        "Date": http_date(now),
        "x-mws-request-id": request_id,
        "x-mws-timestamp": timestamp(now),
        "x-mws-response-context": _opaque(rng, _CONTEXT_BYTES),
        "Vary": _VARY,
        "x-amz-rid": "".join(rng.choices(_RID, k=20)),
    }


def of_xml(request_id: str, now: datetime) -> dict[str, str]:
    """Return the further headers of what the Reports API itself answers in XML."""
    signature = _opaque(random.Random(f"{request_id}/signature"), _SIGNATURE_BYTES)
    return {
        "X-Amz-Date": http_date(now),
        "x-amzn-Authorization": _AUTHORIZATION.format(signature),
    }


def of_document(request_id: str) -> dict[str, str]:
    """Return the further headers of a document."""
    return {"x-amz-request-id": request_id}


def _opaque(rng: random.Random, length: int) -> str:
    return base64.b64encode(rng.randbytes(length)).decode()
