"""The client of SP-API Reports 2021-06-30."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.interface import (
    NEVER,
    ProcessingStatus,
    Report,
    ReportDocument,
    ReportRequest,
    ReportSchedule,
    ReportSpec,
    ThrottledCall,
)
from tap_mws_reports.api.lost_answers import find_created
from tap_mws_reports.api.quota_mixin import QuotaMixin
from tap_mws_reports.api.request_budgets import RequestBudgets, SellerBudgets
from tap_mws_reports.api.request_ledger import RequestLimit
from tap_mws_reports.api.sp_api import converters, report_repository
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.document_download import Downloads
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials
from tap_mws_reports.api.sp_api.operations import OPERATIONS, RETENTION, TYPES_PER_LIST
from tap_mws_reports.api.sp_api.report_repository import ReportRepository
from tap_mws_reports.api.sp_api.report_type_limits import request_limits
from tap_mws_reports.api.sp_api.response_models import CreatedReport
from tap_mws_reports.api.sp_api.schemas import PERIODS
from tap_mws_reports.api.sp_api.sp_api_types import SpApiType, SpApiTypes
from tap_mws_reports.api.timestamps import format_duration
from tap_mws_reports.api.transport import Transport
from tap_mws_reports.errors import RequestRefused

_OTHER_WORDS = {"_7_DAYS_": "P7D"}
_PERIODS = {word: period for period, word in PERIODS.items() if word} | _OTHER_WORDS


def change_schedule(
    caller: Caller,
    report_type: str,
    schedule: str,
    first_run: datetime | None,
    marketplace_ids: Sequence[str],
) -> None:
    """Create, replace or, with MWS's word for never, delete schedules of a type.

    Args:
        caller: calls Amazon.
        report_type: SP-API's name.
        schedule: a period such as ``P1D``, or its name in MWS.
        first_run: when Amazon makes the first report; None lets Amazon decide.
        marketplace_ids: those of the schedule; only schedules for these are deleted.

    Raises:
        RequestRefused: there is no such schedule.
    """
    if schedule == NEVER:
        _delete(caller, report_type, marketplace_ids)
        return
    period = _PERIODS.get(schedule, schedule)
    if period not in PERIODS:
        what = f"{schedule} is not a schedule of SP-API"
        raise RequestRefused(what, hint=f"use one of {', '.join(PERIODS)}, or {NEVER} to delete it")
    values = {
        "reportType": report_type,
        "marketplaceIds": list(marketplace_ids),
        "period": period,
        "nextReportCreationTime": first_run,
    }
    caller.call("createReportSchedule", values, report_type=report_type)


def _delete(caller: Caller, report_type: str, marketplace_ids: Sequence[str]) -> None:
    ours = set(marketplace_ids)
    for item in report_repository.list_schedules(caller, [report_type], {}):
        theirs = set(item.marketplace_ids or ())
        if theirs <= ours or not ours:
            schedule_id = {"reportScheduleId": item.report_schedule_id}
            caller.call("cancelReportSchedule", schedule_id, report_type=report_type)


__all__ = ["Credentials", "Endpoint", "SpApiReportService", "SpApiType"]

_OPERATION_NAMES = {
    ThrottledCall.REQUEST: "createReport",
    ThrottledCall.POLL: "getReport",
    ThrottledCall.LIST: "getReports",
    ThrottledCall.DOWNLOAD: "getReportDocument",
}

QUOTAS = {call: OPERATIONS[name].quota for call, name in _OPERATION_NAMES.items()}
"""The quotas of each seller and application for the calls that the scheduler makes."""

_SLOWEST = timedelta(days=3)
"""Lists filter by the date of the request; the document may come this much later
(https://github.com/amzn/selling-partner-api-docs/issues/3273)."""


class SpApiReportService(QuotaMixin):
    """`ReportService` and `ReportAdministration` by SP-API.

    Not thread-safe: waits for quotas block. A report has one id, as request and as document. Beyond
    the errors of the interface, every method may raise `ServiceUnavailable` when Amazon failed at
    every attempt.

    Args:
        settings: the seller, the endpoint and how it is reached.
        documents: leads to the hosts of the documents, none of which may see a token.
        types: the configured report types.
        marketplace_ids: the marketplaces of a report whose spec names none.
        budgets: what limits the requests of the seller, shared with the sellers of the same
            application; its own where none is given.
    """

    quotas = QUOTAS
    ids_per_poll = 1
    types_per_list = TYPES_PER_LIST
    # SP-API keeps no acknowledgements: `acknowledge` refuses any number of them.
    acknowledge_batch_size = 100
    retention = RETENTION
    notifications_have_report_ids = False
    lists_have_marketplaces = True

    def __init__(
        self,
        settings: ClientSettings[Credentials, Endpoint],
        documents: Transport,
        types: Iterable[SpApiType] = (),
        marketplace_ids: Sequence[str] = (),
        budgets: SellerBudgets | None = None,
    ) -> None:
        self._clock = settings.clock
        self._types = SpApiTypes(types)
        self._marketplace_ids = tuple(marketplace_ids)
        self._caller = Caller(settings)
        super().__init__(self._caller.budgets, _OPERATION_NAMES)
        own = RequestBudgets(self._limits_of)
        self.request_budgets = budgets or own.of(settings.credentials.seller_id)
        self._reports = ReportRepository(
            self._caller, self._types, self._clock, self.request_budgets
        )
        self._made: set[str] = set()
        self._downloads = Downloads(self._caller, settings, documents)
        self._unscheduled: dict[str, RequestRefused] = {}
        self._last_refused: str | None = None
        """The type of the last request, if Amazon refused it for a quota."""

    @property
    def refused_types(self) -> Mapping[str, errors.RequestRefused]:
        """The report types that lists have left out so far, with Amazon's refusal of each."""
        unlisted = self._reports.unlisted.items()
        return {self._types.called(name).name: error for name, error in unlisted}

    def request_report(self, spec: ReportSpec) -> ReportRequest:
        """Ask Amazon to make a report. Not idempotent: every call makes a new request.

        After a lost response the request is searched in the list, and repeated if it is not there.

        Raises:
            Throttled: the report type has its own limit, which is used up; then no call is
                made. Or Amazon refused the call, for that or for the quota of the call.
            ReportTypeRefused: as everywhere; without a call if a list has refused it.
        """
        known = self._types.named(spec.report_type)
        name, now = known.sp_api_name, self._clock.now()
        values = self._report_values(spec, name)
        if isinstance(refused := self._reports.unlisted.get(name), errors.ReportTypeRefused):
            raise refused
        self._check_limits(spec.report_type, name)
        try:
            answer: CreatedReport = self._caller.call(
                "createReport",
                values,
                report_type=name,
                though_throttled=False,
                recover=lambda: self._find_created(spec, now),
            )
        except errors.Throttled as error:
            raise self._refused(spec.report_type, name, error) from error
        self._last_refused = None
        self._made.add(answer.report_id)
        self.request_budgets.granted(spec.report_type, self._clock.now())
        return ReportRequest(
            report_request_id=answer.report_id,
            report_type=spec.report_type,
            start_date=spec.start,
            end_date=spec.end,
            scheduled=False,
            submitted_date=self._clock.now(),
            processing_status=ProcessingStatus.SUBMITTED,
        )

    def _report_values(self, spec: ReportSpec, name: str) -> dict[str, object]:
        """Return the values of `createReport`, by their names on the wire."""
        return {
            "reportType": name,
            "marketplaceIds": list(spec.marketplace_ids or self._marketplace_ids),
            "dataStartTime": spec.start,
            "dataEndTime": spec.end,
            "reportOptions": _options(spec.options),
        }

    def _find_created(self, spec: ReportSpec, since: datetime) -> CreatedReport | None:
        marketplace_ids = spec.marketplace_ids or self._marketplace_ids
        found = find_created(
            self.report_requests,
            spec,
            marketplace_ids,
            since,
            self._made,
            self._caller.server_clock.at,
        )
        return None if found is None else CreatedReport(report_id=found.report_request_id)

    def _limits_of(self, report_type: str) -> Sequence[RequestLimit]:
        return request_limits(self._types.named(report_type).sp_api_name)

    def _check_limits(self, report_type: str, name: str) -> None:
        """Refuse a request that Amazon would refuse, before it costs a call."""
        now = self._clock.now()
        wait = (self.request_budgets.allowed_at(report_type, now) - now).total_seconds()
        if wait > 0:
            limits = self.request_budgets.describe(report_type, now)
            raise errors.Throttled(f"The limit of {name} is used up: {limits}", retry_after=wait)

    def _refused(self, report_type: str, name: str, error: errors.Throttled) -> errors.Throttled:
        """Record a refusal; return what to raise, with the limit and how long it lasts.

        The quota of the call itself may be used up if another type was refused, too, and nothing
        was granted in between.
        """
        now = self._clock.now()
        if self._last_refused not in {None, name}:
            self._caller.budgets.of(_OPERATION_NAMES[ThrottledCall.REQUEST]).throttled(
                now, error.retry_after
            )
        self._last_refused = name
        self.request_budgets.refused(report_type, now)
        wait = (self.request_budgets.allowed_at(report_type, now) - now).total_seconds()
        limits = self.request_budgets.describe(report_type, now)
        return errors.Throttled(
            f"{error.what}; {name} is not requested for {format_duration(timedelta(seconds=wait))}"
            f" ({limits})",
            retry_after=max(wait, error.retry_after or 0.0),
            amazon_code=error.amazon_code,
            request_id=error.request_id,
        )

    def report_requests(
        self,
        *,
        ids: Sequence[str] = (),
        report_types: Sequence[str] = (),
        requested_from: datetime | None = None,
    ) -> Iterator[ReportRequest]:
        """List report requests; ``ids``, one in each call, override the other filters."""
        if ids:
            return filter(None, map(self._reports.one, ids))
        return iter(self._reports.listed(report_types, requested_from))

    def count_report_requests(self, *, report_types: Sequence[str] = ()) -> int:
        """Refuse: SP-API has no counts."""
        raise _no_counts()

    def cancel_report_requests(self, ids: Sequence[str]) -> list[ReportRequest]:
        """Cancel requests that have not started yet; the others come back unchanged."""
        return [request for each in ids if (request := self._reports.cancel(each))]

    def reports(
        self,
        *,
        report_types: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        acknowledged: bool | None = None,
        available_from: datetime | None = None,
    ) -> Iterator[Report]:
        """List finished reports, requested or generated by Amazon."""
        if acknowledged is not None:
            raise _no_acknowledgements()
        if request_ids:
            items = self._reports.made(request_ids)
        else:
            since = available_from - _SLOWEST if available_from is not None else None
            items = self._reports.items(report_types, since, statuses=["DONE"])
        listed = (converters.report(item, self._types) for item in items)
        return (
            report
            for report in listed
            if available_from is None or report.available_date >= available_from
        )

    def count_reports(
        self, *, report_types: Sequence[str] = (), acknowledged: bool | None = None
    ) -> int:
        """Refuse: SP-API has no counts."""
        raise _no_counts()

    def download(self, report_id: str, path: Path) -> ReportDocument:
        """Stream a document to ``path`` and check it; ``md5`` is in hexadecimal digits.

        Raises:
            DocumentDamaged: it is incomplete; another try may succeed.
            ErrorDocument: it is the reason why the report failed.
        """
        return self._downloads.fetch(self._reports.source(report_id), path)

    def report_schedules(self, *, report_types: Sequence[str] = ()) -> list[ReportSchedule]:
        """List the schedules."""
        names = self._types.queried_names(report_types)
        self._unscheduled |= self._reports.unlisted
        listed = report_repository.list_schedules(self._caller, names, self._unscheduled)
        return [converters.report_schedule(item, self._types) for item in listed]

    def report_schedule(self, schedule_id: str) -> ReportSchedule:
        """Return one schedule by its id."""
        item = self._caller.call("getReportSchedule", {"reportScheduleId": schedule_id})
        return converters.report_schedule(item, self._types)

    def count_report_schedules(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the schedules, of which SP-API lists all at once."""
        return len(self.report_schedules(report_types=report_types))

    def manage_schedule(
        self, report_type: str, schedule: str, first_run: datetime | None = None
    ) -> list[ReportSchedule]:
        """Create, change or, with ``_NEVER_``, delete the schedule of a report type."""
        name = self._types.named(report_type).sp_api_name
        change_schedule(self._caller, name, schedule, first_run, self._marketplace_ids)
        return self.report_schedules(report_types=[report_type])

    def acknowledge(self, report_ids: Sequence[str], *, acknowledged: bool = True) -> list[Report]:
        """Refuse: SP-API keeps no acknowledgements."""
        if report_ids:
            raise _no_acknowledgements()
        return []


def _options(options: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return options as createReport takes them; one without a value is a switch that is on."""
    return {name: value or "true" for name, value in options}


def _no_counts() -> errors.RequestRefused:
    what = "SP-API does not count reports"
    return errors.RequestRefused(what, hint="list them and count the entries")


def _no_acknowledgements() -> errors.RequestRefused:
    what = "SP-API keeps no acknowledgements of reports"
    hint = "leave acknowledge out: the state remembers which reports have been read"
    return errors.RequestRefused(what, hint=hint)
