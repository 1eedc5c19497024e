"""The fourteen operations of the MWS Reports API as one table, for the client and the sandbox.

The source of each row is its page of Amazon's manual, ``page``; hourly quotas are also in the
``x-mws-quota-max`` header of recorded answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.quota import Quota

_MANUAL = "https://docs.developer.amazonservices.com/en_US"

RETENTION = timedelta(days=90)
"""How long Amazon lists report requests and keeps documents
(https://docs.developer.amazonservices.com/en_US/reports/Reports_GetReport.html)."""

PAGE_SIZE = 100
"""The most items of a page, and the most ids of a call."""

ACKNOWLEDGE_BATCH_SIZE = 100
"""The most reports of one UpdateReportAcknowledgements
(https://docs.developer.amazonservices.com/en_US/reports/Reports_UpdateReportAcknowledgements.html)."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of MWS's APIs. ``namespace`` is that of its answers."""

    name: str
    version: str
    namespace: str

    @property
    def path(self) -> str:
        """Return where the section is at a host."""
        return f"/{self.name}/{self.version}"


REPORTS = Section("Reports", "2009-01-01", "http://mws.amazonaws.com/doc/2009-01-01/")


class ParameterKind(Enum):
    """The type of a parameter or of an element."""

    TEXT = auto()
    BOOLEAN = auto()
    DATE = auto()
    COUNT = auto()
    """A whole number from 1; in answers from 0."""
    LIST = auto()
    """Texts, sent as ``Name.1``, ``Name.2`` and so on."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``limit`` is the highest number of a COUNT and the most texts of a LIST."""

    name: str
    wire: str
    kind: ParameterKind
    required: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One element of an item in an answer. ``alias`` is the element's other name."""

    name: str
    wire: str
    kind: ParameterKind = ParameterKind.TEXT
    optional: bool = False
    alias: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that the element may have."""
        return (self.wire,) if self.alias is None else (self.wire, self.alias)


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of item. ``alias`` is the element's other name, in Amazon's mock for Java."""

    name: str
    fields: tuple[Field, ...]
    alias: str | None = None

    @property
    def key(self) -> str:
        """Return the name of the field that distinguishes items."""
        return self.fields[0].name


@dataclass(frozen=True, slots=True)
class Result:
    """What an answer holds; ``document`` marks the one whose body is the report itself."""

    item: Shape | None = None
    count: bool = False
    has_next: bool = False
    document: bool = False

    @property
    def empty(self) -> bool:
        """Whether a good answer has no content."""
        return self.item is None and not (self.count or self.has_next or self.document)

    @property
    def single(self) -> bool:
        """Whether there is always exactly one item."""
        return self.item is not None and not self.count and not self.has_next


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``next_token`` names the operation that fetches its further pages.

    ``quota`` is None where Amazon publishes none.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Result
    quota: Quota | None
    next_token: str | None = None
    section: Section = REPORTS

    @property
    def page(self) -> str:
        """Return the address of the operation's page in Amazon's manual."""
        section = self.section.name
        return f"{_MANUAL}/{section.lower()}/{section}_{self.name}.html"


# https://docs.developer.amazonservices.com/en_US/reports/Reports_Datatypes.html
REPORT_REQUEST_INFO = Shape(
    "ReportRequestInfo",
    (
        Field("report_request_id", "ReportRequestId"),
        Field("report_type", "ReportType"),
        Field("start_date", "StartDate", ParameterKind.DATE),
        Field("end_date", "EndDate", ParameterKind.DATE),
        Field("scheduled", "Scheduled", ParameterKind.BOOLEAN),
        Field("submitted_date", "SubmittedDate", ParameterKind.DATE),
        Field("processing_status", "ReportProcessingStatus"),
        Field("generated_report_id", "GeneratedReportId", optional=True),
        Field(
            "started_processing_date", "StartedProcessingDate", ParameterKind.DATE, optional=True
        ),
        # The manual's examples, which are of 2009, have the other name.
        Field(
            "completed_date",
            "CompletedDate",
            ParameterKind.DATE,
            optional=True,
            alias="CompletedProcessingDate",
        ),
    ),
)
REPORT_INFO = Shape(
    "ReportInfo",
    (
        Field("report_id", "ReportId"),
        Field("report_type", "ReportType"),
        Field("report_request_id", "ReportRequestId", optional=True),
        Field("available_date", "AvailableDate", ParameterKind.DATE),
        Field("acknowledged", "Acknowledged", ParameterKind.BOOLEAN),
        Field("acknowledged_date", "AcknowledgedDate", ParameterKind.DATE, optional=True),
    ),
    alias="ReportInfoList",
)
REPORT_SCHEDULE = Shape(
    "ReportSchedule",
    (
        Field("report_type", "ReportType"),
        Field("schedule", "Schedule"),
        Field("scheduled_date", "ScheduledDate", ParameterKind.DATE),
    ),
)

_REPORT_TYPE = Parameter("report_type", "ReportType", ParameterKind.TEXT, required=True)
_REPORT_TYPES = Parameter("report_types", "ReportTypeList.Type", ParameterKind.LIST)
_REQUEST_IDS = Parameter("report_request_ids", "ReportRequestIdList.Id", ParameterKind.LIST)
_STATUSES = Parameter(
    "processing_statuses", "ReportProcessingStatusList.Status", ParameterKind.LIST
)
_REQUESTED = (
    Parameter("requested_from_date", "RequestedFromDate", ParameterKind.DATE),
    Parameter("requested_to_date", "RequestedToDate", ParameterKind.DATE),
)
_AVAILABLE = (
    Parameter("available_from_date", "AvailableFromDate", ParameterKind.DATE),
    Parameter("available_to_date", "AvailableToDate", ParameterKind.DATE),
)
_ACKNOWLEDGED = Parameter("acknowledged", "Acknowledged", ParameterKind.BOOLEAN)
_MAX_COUNT = Parameter("max_count", "MaxCount", ParameterKind.COUNT, limit=PAGE_SIZE)
_NEXT_TOKEN = Parameter("next_token", "NextToken", ParameterKind.TEXT, required=True)

_SLOW = Quota(burst=15, restore_seconds=60, hourly=60)
_LIST = Quota(burst=10, restore_seconds=60, hourly=60)
_USUAL = Quota(burst=10, restore_seconds=45, hourly=80)
_NEXT_PAGE = Quota(burst=30, restore_seconds=2, hourly=1800)

_REQUEST_LIST = Result(REPORT_REQUEST_INFO, has_next=True)
_REPORT_LIST = Result(REPORT_INFO, has_next=True)
_SCHEDULE_LIST = Result(REPORT_SCHEDULE, has_next=True)
_COUNT = Result(count=True)

_TABLE = (
    Operation(
        "RequestReport",
        (
            _REPORT_TYPE,
            Parameter("start_date", "StartDate", ParameterKind.DATE),
            Parameter("end_date", "EndDate", ParameterKind.DATE),
            Parameter("report_options", "ReportOptions", ParameterKind.TEXT),
            Parameter("marketplace_ids", "MarketplaceIdList.Id", ParameterKind.LIST),
        ),
        Result(REPORT_REQUEST_INFO),
        _SLOW,
    ),
    Operation(
        "GetReportRequestList",
        (_REQUEST_IDS, _REPORT_TYPES, _STATUSES, _MAX_COUNT, *_REQUESTED),
        _REQUEST_LIST,
        _USUAL,
        "GetReportRequestListByNextToken",
    ),
    Operation("GetReportRequestListByNextToken", (_NEXT_TOKEN,), _REQUEST_LIST, _NEXT_PAGE),
    Operation("GetReportRequestCount", (_REPORT_TYPES, _STATUSES, *_REQUESTED), _COUNT, _USUAL),
    Operation(
        "CancelReportRequests",
        (_REQUEST_IDS, _REPORT_TYPES, _STATUSES, *_REQUESTED),
        Result(REPORT_REQUEST_INFO, count=True),
        _USUAL,
    ),
    Operation(
        "GetReportList",
        (_MAX_COUNT, _REPORT_TYPES, _ACKNOWLEDGED, *_AVAILABLE, _REQUEST_IDS),
        _REPORT_LIST,
        _LIST,
        "GetReportListByNextToken",
    ),
    Operation("GetReportListByNextToken", (_NEXT_TOKEN,), _REPORT_LIST, _NEXT_PAGE),
    Operation("GetReportCount", (_REPORT_TYPES, _ACKNOWLEDGED, *_AVAILABLE), _COUNT, _USUAL),
    Operation(
        "GetReport",
        (Parameter("report_id", "ReportId", ParameterKind.TEXT, required=True),),
        Result(document=True),
        _SLOW,
    ),
    Operation(
        "ManageReportSchedule",
        (
            _REPORT_TYPE,
            Parameter("schedule", "Schedule", ParameterKind.TEXT, required=True),
            Parameter("schedule_date", "ScheduleDate", ParameterKind.DATE),
        ),
        Result(REPORT_SCHEDULE, count=True),
        _USUAL,
    ),
    Operation(
        "GetReportScheduleList",
        (_REPORT_TYPES,),
        _SCHEDULE_LIST,
        _USUAL,
        "GetReportScheduleListByNextToken",
    ),
    # At most 100 types can be scheduled, so there is no second page and no call of this one.
    Operation("GetReportScheduleListByNextToken", (_NEXT_TOKEN,), _SCHEDULE_LIST, None),
    Operation("GetReportScheduleCount", (_REPORT_TYPES,), _COUNT, _USUAL),
    Operation(
        "UpdateReportAcknowledgements",
        (
            Parameter(
                "report_ids",
                "ReportIdList.Id",
                ParameterKind.LIST,
                required=True,
                limit=ACKNOWLEDGE_BATCH_SIZE,
            ),
            _ACKNOWLEDGED,
        ),
        Result(REPORT_INFO, count=True),
        _USUAL,
    ),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}

# https://docs.developer.amazonservices.com/en_US/reports/Reports_GetReportRequestList.html
STATUSES: dict[str, ProcessingStatus] = {
    "_SUBMITTED_": ProcessingStatus.SUBMITTED,
    "_IN_PROGRESS_": ProcessingStatus.IN_PROGRESS,
    "_CANCELLED_": ProcessingStatus.CANCELLED,
    "_DONE_": ProcessingStatus.DONE,
    "_DONE_NO_DATA_": ProcessingStatus.DONE_NO_DATA,
}

# https://docs.developer.amazonservices.com/en_US/reports/Reports_Schedule.html
# Older manuals have _7_DAYS_ for _1_WEEK_; None deletes the schedule.
SCHEDULES: dict[str, timedelta | None] = {
    "_15_MINUTES_": timedelta(minutes=15),
    "_30_MINUTES_": timedelta(minutes=30),
    "_1_HOUR_": timedelta(hours=1),
    "_2_HOURS_": timedelta(hours=2),
    "_4_HOURS_": timedelta(hours=4),
    "_8_HOURS_": timedelta(hours=8),
    "_12_HOURS_": timedelta(hours=12),
    "_1_DAY_": timedelta(days=1),
    "_2_DAYS_": timedelta(days=2),
    "_72_HOURS_": timedelta(hours=72),
    "_1_WEEK_": timedelta(weeks=1),
    "_7_DAYS_": timedelta(days=7),
    "_14_DAYS_": timedelta(days=14),
    "_15_DAYS_": timedelta(days=15),
    "_30_DAYS_": timedelta(days=30),
    "_NEVER_": None,
}
