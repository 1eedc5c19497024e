"""The objects in calls, property by property, as Amazon's models define them.

They are a table because the client writes and the sandbox reads and checks by it. Answers, which
the client only reads, are the structs of `response_models`.
"""

from __future__ import annotations

from tap_mws_reports.api.sp_api.enumerations import METHODS, PERIODS
from tap_mws_reports.api.sp_api.fields import Field, Kind

REPORT_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", Kind.LIST, required=True, least=1, most=25),
    Field("dataStartTime", Kind.DATE),
    Field("dataEndTime", Kind.DATE),
    Field("reportOptions", Kind.MAP),
)
REPORT_SCHEDULE_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", Kind.LIST, required=True, least=1, most=25),
    Field("period", required=True, values=tuple(PERIODS)),
    Field("reportOptions", Kind.MAP),
    Field("nextReportCreationTime", Kind.DATE),
)

RESTRICTED_RESOURCE = (
    Field("method", required=True, values=METHODS),
    Field("path", required=True),
    Field("dataElements", Kind.LIST),
)
RESTRICTED_DATA_TOKEN_SPECIFICATION = (
    Field("restrictedResources", Kind.OBJECTS, required=True, most=50, members=RESTRICTED_RESOURCE),
    Field("targetApplication"),
)

# Of all kinds of resources, the tap reads queues.
SQS_RESOURCE = (
    Field(
        "sqs",
        Kind.OBJECT,
        members=(Field("arn", required=True, most=1000, pattern=r"^arn:aws:sqs:\S+:\S+:\S+"),),
    ),
)
DESTINATION_SPECIFICATION = (
    Field("name", required=True),
    Field("resourceSpecification", Kind.OBJECT, required=True, members=SQS_RESOURCE),
)
SUBSCRIPTION_SPECIFICATION = (
    Field("payloadVersion", required=True),
    Field("destinationId", required=True),
)
