"""A report requested and downloaded by Amazon's own client of SP-API, `amzn-sp-api`.

Argument: one JSON object with the sandbox's address, the credentials and a report type. Prints what
was found as JSON.
"""

from __future__ import annotations

import json
import sys

import requests
from spapi import ReportsApi, SPAPIClient, SPAPIConfig
from spapi.models.reports_v2021_06_30 import (
    CreateReportScheduleSpecification,
    CreateReportSpecification,
)

given = json.loads(sys.argv[1])
config = SPAPIConfig(
    client_id=given["client_id"],
    client_secret=given["client_secret"],
    refresh_token=given["refresh_token"],
    region="NA",
)
address = given["address"]
client = SPAPIClient(config, oauth_endpoint=f"{address}/auth/o2/token", endpoint=address)
reports = ReportsApi(client.api_client)
wanted = {"report_type": given["type"], "marketplace_ids": [given["marketplace"]]}

created = reports.create_report(CreateReportSpecification(**wanted))
report = reports.get_report(created.report_id)
document = reports.get_report_document(report.report_document_id)
lines = requests.get(document.url, timeout=60).content.decode("utf-8-sig").splitlines()
listed = reports.get_reports(report_types=[given["type"]])
standing = {**wanted, "report_type": given["scheduled_type"], "period": "P1D"}
schedule = reports.create_report_schedule(CreateReportScheduleSpecification(**standing))
schedules = reports.get_report_schedules([given["scheduled_type"]]).report_schedules
reports.cancel_report_schedule(schedule.report_schedule_id)
left = reports.get_report_schedules([given["scheduled_type"]]).report_schedules

json.dump(
    {
        "status": report.processing_status,
        "listed": [each.report_id for each in listed.reports] == [created.report_id],
        "header": lines[0].split("\t")[0],
        "rows": len(lines) - 1,
        "schedules": [each.period for each in schedules],
        "schedules_left": len(left),
    },
    sys.stdout,
)
