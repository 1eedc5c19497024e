"""The objects in calls and answers, property by property, as Amazon's models define them."""

from __future__ import annotations

from tap_mws_reports.api.sp_api.enumerations import COMPRESSIONS, METHODS, PERIODS, STATUSES
from tap_mws_reports.api.sp_api.fields import Field, Kind

REPORT = (
    Field("reportId", required=True),
    Field("reportType", required=True),
    Field("createdTime", Kind.DATE, required=True),
    Field("processingStatus", required=True, values=tuple(STATUSES)),
    Field("marketplaceIds", Kind.LIST),
    Field("dataStartTime", Kind.DATE),
    Field("dataEndTime", Kind.DATE),
    Field("reportScheduleId"),
    Field("processingStartTime", Kind.DATE),
    Field("processingEndTime", Kind.DATE),
    Field("reportDocumentId"),
)
REPORTS = (
    Field("reports", Kind.OBJECTS, required=True, members=REPORT),
    Field("nextToken"),
)
CREATED_REPORT = (Field("reportId", required=True),)
REPORT_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", Kind.LIST, required=True, least=1, most=25),
    Field("dataStartTime", Kind.DATE),
    Field("dataEndTime", Kind.DATE),
    Field("reportOptions", Kind.MAP),
)
REPORT_SCHEDULE = (
    Field("reportScheduleId", required=True),
    Field("reportType", required=True),
    Field("period", required=True),
    Field("marketplaceIds", Kind.LIST),
    Field("reportOptions", Kind.MAP),
    Field("nextReportCreationTime", Kind.DATE),
)
REPORT_SCHEDULES = (Field("reportSchedules", Kind.OBJECTS, required=True, members=REPORT_SCHEDULE),)
CREATED_REPORT_SCHEDULE = (Field("reportScheduleId", required=True),)
REPORT_SCHEDULE_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", Kind.LIST, required=True, least=1, most=25),
    Field("period", required=True, values=tuple(PERIODS)),
    Field("reportOptions", Kind.MAP),
    Field("nextReportCreationTime", Kind.DATE),
)
REPORT_DOCUMENT = (
    Field("reportDocumentId", required=True),
    Field("url", required=True),
    Field("compressionAlgorithm", values=COMPRESSIONS),
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
RESTRICTED_DATA_TOKEN = (Field("restrictedDataToken"), Field("expiresIn", Kind.COUNT))

# Of the resources that can be told, a queue is the one that the tap reads.
SQS_RESOURCE = (
    Field(
        "sqs",
        Kind.OBJECT,
        members=(Field("arn", required=True, most=1000, pattern=r"^arn:aws:sqs:\S+:\S+:\S+"),),
    ),
)
DESTINATION = (
    Field("destinationId", required=True),
    Field("name", required=True, most=256),
    Field("resource", Kind.OBJECT, required=True, members=SQS_RESOURCE),
)
DESTINATION_SPECIFICATION = (
    Field("name", required=True),
    Field("resourceSpecification", Kind.OBJECT, required=True, members=SQS_RESOURCE),
)
SUBSCRIPTION = (
    Field("subscriptionId", required=True),
    Field("payloadVersion", required=True),
    Field("destinationId", required=True),
)
SUBSCRIPTION_SPECIFICATION = (
    Field("payloadVersion", required=True),
    Field("destinationId", required=True),
)
