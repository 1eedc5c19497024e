"""The values of the models' enumerations.

Source: https://github.com/amzn/selling-partner-api-models/blob/34dc93fe45f37c9a0b2e56823c808f68b4f81754/models/reports-api-model/reports_2021-06-30.json
"""

from __future__ import annotations

from tap_mws_reports.api.interface import ProcessingStatus

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
