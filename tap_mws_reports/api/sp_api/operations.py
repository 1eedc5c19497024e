"""The operations of SP-API as one table, read by the client and by the sandbox.

They are the nine for reports, the one for Restricted Data Tokens, and those for notifications that
a subscription to REPORT_PROCESSING_FINISHED needs.

The source of each row is Amazon's own model, ``source``; the usage plans are in its descriptions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.sp_api import response_models as models
from tap_mws_reports.api.sp_api import schemas
from tap_mws_reports.api.sp_api.schemas import (
    NOTIFICATION_TYPE,
    STATUSES,
    Field,
    FieldKind,
    ParameterLocation,
)

_MODELS = (
    "https://github.com/amzn/selling-partner-api-models/blob/"
    "34dc93fe45f37c9a0b2e56823c808f68b4f81754/models"
)
REPORTS_MODEL = f"{_MODELS}/reports-api-model/reports_2021-06-30.json"
TOKENS_MODEL = f"{_MODELS}/tokens-api-model/tokens_2021-03-01.json"
NOTIFICATIONS_MODEL = f"{_MODELS}/notifications-api-model/notifications.json"

REPORTS = "/reports/2021-06-30"
TOKENS = "/tokens/2021-03-01"
NOTIFICATIONS = "/notifications/v1"

RETENTION = timedelta(days=90)
"""How long Amazon lists reports: "reports are retained for a maximum of 90 days", says
`REPORTS_MODEL` of ``createdSince``."""

OLDEST_LISTED = timedelta(days=89)
"""How long ago ``createdSince`` may be. Amazon refuses more than 90 days, and clocks differ
(https://github.com/airbytehq/airbyte/blob/00ba57d90ae0799c1d0e01e6f696b2969f537e5f/airbyte-integrations/connectors/source-amazon-seller-partner/AGENTS.md)."""

TYPES_PER_LIST = 10
"""The most report types of one getReports or getReportSchedules."""

NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"
"""The scope of tokens for "grantless" operations, which concern no seller."""

RATE_LIMIT_HEADER = "x-amzn-RateLimit-Limit"
REQUEST_ID_HEADER = "x-amzn-RequestId"
TOKEN_HEADER = "x-amz-access-token"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    ``path`` has path parameters in braces. ``answer`` is the type of a good answer,
    which comes with ``status``; None where its body is empty. ``errors`` are the statuses of the
    others. ``rate`` is in calls a second and ``burst`` in calls, of each pair of a seller and
    an application. ``scope`` is set where the token must be one without a seller.
    """

    name: str
    method: str
    path: str
    parameters: tuple[Field, ...]
    answer: type[models.ResponseModel] | None
    status: int
    rate: float
    burst: int
    source: str
    errors: tuple[int, ...]
    scope: str | None = None

    @property
    def quota(self) -> Quota:
        """Return the usage plan as a bucket."""
        return Quota(burst=self.burst, restore_seconds=1 / self.rate)

    def placed(self, place: ParameterLocation) -> tuple[Field, ...]:
        """Return the parameters in one location of the request."""
        return tuple(each for each in self.parameters if each.place is place)


def _path(name: str, *values: str) -> Field:
    return Field(name, required=True, place=ParameterLocation.PATH, values=values)


def _query(name: str, kind: FieldKind = FieldKind.TEXT, **rules: object) -> Field:
    return replace(Field(name, kind, place=ParameterLocation.QUERY), **rules)  # type: ignore[arg-type]


def _of_reports(
    name: str,
    request: str,
    parameters: tuple[Field, ...] = (),
    answer: type[models.ResponseModel] | None = None,
    *,
    status: int = 200,
    usage_plan: tuple[float, int] = (0.0222, 10),
) -> Operation:
    method, path = request.split()
    rate, burst = usage_plan
    return Operation(
        name=name,
        method=method,
        path=REPORTS + path,
        parameters=parameters,
        answer=answer,
        status=status,
        rate=rate,
        burst=burst,
        source=REPORTS_MODEL,
        errors=(400, 401, 403, 404, 415, 429, 500, 503),
    )


def _of_notifications(
    name: str,
    request: str,
    parameters: tuple[Field, ...] = (),
    answer: type[models.ResponseModel] | None = None,
    *,
    grantless: bool = True,
    conflicts: bool = True,
) -> Operation:
    method, path = request.split()
    return Operation(
        name=name,
        method=method,
        path=NOTIFICATIONS + path,
        parameters=parameters,
        answer=answer,
        status=200,
        rate=1.0,
        burst=5,
        source=NOTIFICATIONS_MODEL,
        errors=(400, 403, 404, *((409,) if conflicts else ()), 413, 415, 429, 500, 503),
        scope=NOTIFICATIONS_SCOPE if grantless else None,
    )


_TYPES = _query("reportTypes", FieldKind.LIST, least=1, most=TYPES_PER_LIST)
_REPORT = _path("reportId")
_SCHEDULE = _path("reportScheduleId")
_TYPE_OF_NOTIFICATION = _path("notificationType", NOTIFICATION_TYPE)

_SLOW = (0.0167, 15)
_FAST = (2.0, 15)

_TABLE = (
    _of_reports(
        "getReports",
        "GET /reports",
        (
            _TYPES,
            _query("processingStatuses", FieldKind.LIST, least=1, values=tuple(STATUSES)),
            _query("marketplaceIds", FieldKind.LIST, least=1, most=10),
            _query("pageSize", FieldKind.COUNT, least=1, most=100),
            _query("createdSince", FieldKind.DATE),
            _query("createdUntil", FieldKind.DATE),
            # It must be the only parameter, or Amazon refuses the call.
            _query("nextToken"),
        ),
        models.ReportList,
    ),
    _of_reports(
        "createReport",
        "POST /reports",
        schemas.REPORT_SPECIFICATION,
        models.CreatedReport,
        status=202,
        usage_plan=_SLOW,
    ),
    _of_reports(
        "getReport", "GET /reports/{reportId}", (_REPORT,), models.Report, usage_plan=_FAST
    ),
    _of_reports("cancelReport", "DELETE /reports/{reportId}", (_REPORT,)),
    _of_reports(
        "getReportSchedules",
        "GET /schedules",
        (replace(_TYPES, required=True),),
        models.ReportScheduleList,
    ),
    _of_reports(
        "createReportSchedule",
        "POST /schedules",
        schemas.REPORT_SCHEDULE_SPECIFICATION,
        models.CreatedReportSchedule,
        status=201,
    ),
    _of_reports(
        "getReportSchedule",
        "GET /schedules/{reportScheduleId}",
        (_SCHEDULE,),
        models.ReportSchedule,
    ),
    _of_reports("cancelReportSchedule", "DELETE /schedules/{reportScheduleId}", (_SCHEDULE,)),
    _of_reports(
        "getReportDocument",
        "GET /documents/{reportDocumentId}",
        (_path("reportDocumentId"), _query("enableContentEncodingUrlHeader", FieldKind.BOOLEAN)),
        models.ReportDocument,
        usage_plan=_SLOW,
    ),
    Operation(
        name="createRestrictedDataToken",
        method="POST",
        path=f"{TOKENS}/restrictedDataToken",
        parameters=schemas.RESTRICTED_DATA_TOKEN_SPECIFICATION,
        answer=models.RestrictedDataToken,
        status=200,
        rate=1.0,
        burst=10,
        source=TOKENS_MODEL,
        errors=(400, 401, 403, 404, 415, 429, 500, 503),
    ),
    _of_notifications(
        "createDestination",
        "POST /destinations",
        schemas.DESTINATION_SPECIFICATION,
        models.CreatedDestination,
    ),
    _of_notifications("getDestinations", "GET /destinations", (), models.DestinationList),
    _of_notifications(
        "getDestination",
        "GET /destinations/{destinationId}",
        (_path("destinationId"),),
        models.CreatedDestination,
    ),
    _of_notifications(
        "deleteDestination", "DELETE /destinations/{destinationId}", (_path("destinationId"),)
    ),
    _of_notifications(
        "createSubscription",
        "POST /subscriptions/{notificationType}",
        (_TYPE_OF_NOTIFICATION, *schemas.SUBSCRIPTION_SPECIFICATION),
        models.SubscriptionResponse,
        grantless=False,
    ),
    _of_notifications(
        "getSubscription",
        "GET /subscriptions/{notificationType}",
        (_TYPE_OF_NOTIFICATION, _query("payloadVersion")),
        models.SubscriptionResponse,
        grantless=False,
        conflicts=False,
    ),
    _of_notifications(
        "deleteSubscriptionById",
        "DELETE /subscriptions/{notificationType}/{subscriptionId}",
        (_TYPE_OF_NOTIFICATION, _path("subscriptionId")),
    ),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
