"""Objects and enumerations of calls and answers, as Amazon's models define them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from tap_mws_reports.api.interface import ProcessingStatus


class FieldKind(Enum):
    """The type of a value."""

    TEXT = auto()
    BOOLEAN = auto()
    DATE = auto()
    """ISO 8601 with offset; a datetime."""
    COUNT = auto()
    """A whole number."""
    LIST = auto()
    """Texts; in a query joined by commas."""
    MAP = auto()
    """Text to text."""
    OBJECT = auto()
    """An object with `members`."""
    OBJECTS = auto()
    """A list of objects with `members`."""


class ParameterLocation(Enum):
    """The location of a parameter in a request."""

    PATH = auto()
    QUERY = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one property of an object in a call.

    ``least`` and ``most`` bound the number of a COUNT, the length of a TEXT and of a list.
    ``values`` are the only words allowed, of a LIST each. ``pattern`` is what a text must match.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    place: ParameterLocation = ParameterLocation.BODY
    least: int | None = None
    most: int | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    members: tuple[Field, ...] = ()


STATUSES: dict[str, ProcessingStatus] = {
    "IN_QUEUE": ProcessingStatus.SUBMITTED,
    "IN_PROGRESS": ProcessingStatus.IN_PROGRESS,
    "DONE": ProcessingStatus.DONE,
    "CANCELLED": ProcessingStatus.CANCELLED,
    "FATAL": ProcessingStatus.FATAL,
}
"""The common name of each status. CANCELLED may also mean DONE_NO_DATA: see `cancellations`."""

PERIODS: dict[str, str | None] = {
    "PT5M": None,
    "PT15M": "_15_MINUTES_",
    "PT30M": "_30_MINUTES_",
    "PT1H": "_1_HOUR_",
    "PT2H": "_2_HOURS_",
    "PT4H": "_4_HOURS_",
    "PT8H": "_8_HOURS_",
    "PT12H": "_12_HOURS_",
    "P1D": "_1_DAY_",
    "P2D": "_2_DAYS_",
    "P3D": "_72_HOURS_",
    "PT84H": None,
    "P7D": "_1_WEEK_",
    "P14D": "_14_DAYS_",
    "P15D": "_15_DAYS_",
    "P18D": None,
    "P30D": "_30_DAYS_",
    "P1M": None,
}
"""The periods of schedules, and their names in MWS, where it had them
(https://docs.developer.amazonservices.com/en_US/reports/Reports_Schedule.html)."""

METHODS = ("GET", "PUT", "POST", "DELETE")
"""Methods of the calls that a Restricted Data Token may be for."""

NOTIFICATION_TYPE = "REPORT_PROCESSING_FINISHED"


REPORT_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", FieldKind.LIST, required=True, least=1, most=25),
    Field("dataStartTime", FieldKind.DATE),
    Field("dataEndTime", FieldKind.DATE),
    Field("reportOptions", FieldKind.MAP),
)
REPORT_SCHEDULE_SPECIFICATION = (
    Field("reportType", required=True),
    Field("marketplaceIds", FieldKind.LIST, required=True, least=1, most=25),
    Field("period", required=True, values=tuple(PERIODS)),
    Field("reportOptions", FieldKind.MAP),
    Field("nextReportCreationTime", FieldKind.DATE),
)

RESTRICTED_RESOURCE = (
    Field("method", required=True, values=METHODS),
    Field("path", required=True),
    Field("dataElements", FieldKind.LIST),
)
RESTRICTED_DATA_TOKEN_SPECIFICATION = (
    Field(
        "restrictedResources",
        FieldKind.OBJECTS,
        required=True,
        most=50,
        members=RESTRICTED_RESOURCE,
    ),
    Field("targetApplication"),
)

# Of all kinds of resources, the tap reads queues.
SQS_RESOURCE = (
    Field(
        "sqs",
        FieldKind.OBJECT,
        members=(Field("arn", required=True, most=1000, pattern=r"^arn:aws:sqs:\S+:\S+:\S+"),),
    ),
)
DESTINATION_SPECIFICATION = (
    Field("name", required=True),
    Field("resourceSpecification", FieldKind.OBJECT, required=True, members=SQS_RESOURCE),
)
SUBSCRIPTION_SPECIFICATION = (
    Field("payloadVersion", required=True),
    Field("destinationId", required=True),
)
