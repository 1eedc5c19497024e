"""The objects in answers, property by property, as Amazon's models define them.

Properties that no model has yet are ignored, and words that no enumeration has yet are kept, as
Amazon asks of its clients. An optional property that is absent is None. Dates are in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec


class ResponseModel(msgspec.Struct, rename="camel"):
    """An object in an answer."""

    def __post_init__(self) -> None:
        """Turn dates into UTC; one without an offset is UTC, as Amazon's own are.

        Raises:
            ValueError: a date lies before the first or after the last year in UTC.
        """
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                setattr(self, name, _in_utc(value))


class Report(ResponseModel):
    """Report, the answer of getReport."""

    report_id: str
    report_type: str
    created_time: datetime
    processing_status: str
    marketplace_ids: tuple[str, ...] | None = None
    data_start_time: datetime | None = None
    data_end_time: datetime | None = None
    report_schedule_id: str | None = None
    processing_start_time: datetime | None = None
    processing_end_time: datetime | None = None
    report_document_id: str | None = None


class ReportList(ResponseModel):
    """GetReportsResponse."""

    reports: list[Report]
    next_token: str | None = None


class CreatedReport(ResponseModel):
    """CreateReportResponse."""

    report_id: str


class ReportSchedule(ResponseModel):
    """ReportSchedule, the answer of getReportSchedule."""

    report_schedule_id: str
    report_type: str
    period: str
    marketplace_ids: tuple[str, ...] | None = None
    report_options: dict[str, str] | None = None
    next_report_creation_time: datetime | None = None


class ReportScheduleList(ResponseModel):
    """The answer of getReportSchedules."""

    report_schedules: list[ReportSchedule]


class CreatedReportSchedule(ResponseModel):
    """CreateReportScheduleResponse."""

    report_schedule_id: str


class ReportDocument(ResponseModel):
    """ReportDocument; ``url`` expires after five minutes."""

    report_document_id: str
    url: str
    compression_algorithm: str | None = None


class RestrictedDataToken(ResponseModel):
    """CreateRestrictedDataTokenResponse; ``expires_in`` is in seconds."""

    restricted_data_token: str | None = None
    expires_in: int | None = None


class SqsResource(ResponseModel):
    """An SQS queue by its Amazon Resource Name."""

    arn: str


class DestinationResource(ResponseModel):
    """Where a destination leads; of all kinds, the tap reads queues."""

    sqs: SqsResource | None = None


class Destination(ResponseModel):
    """A queue that the application has registered."""

    destination_id: str
    name: str
    resource: DestinationResource


class CreatedDestination(ResponseModel):
    """CreateDestinationResponse."""

    payload: Destination | None = None


class DestinationList(ResponseModel):
    """GetDestinationsResponse."""

    payload: list[Destination] | None = None


class Subscription(ResponseModel):
    """A seller's subscription, which leads to a destination."""

    subscription_id: str
    payload_version: str
    destination_id: str


class SubscriptionResponse(ResponseModel):
    """CreateSubscriptionResponse and GetSubscriptionResponse."""

    payload: Subscription | None = None


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        message = f"{moment} lies before the first or after the last year"
        raise ValueError(message) from error
