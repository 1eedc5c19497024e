"""Third-party clients request and download reports from the sandbox's server.

They are as their authors published them; only the host is another.
"""

from __future__ import annotations

import collections
import sys
import warnings
from collections.abc import Iterable, Mapping

import pytest

from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import HOST

with warnings.catch_warnings():
    # Both were written for older Pythons.
    warnings.simplefilter("ignore")
    finders = list(sys.meta_path)
    import mws
    from boto.mws import connection
    from boto.mws.exception import ResponseError

    # boto leaves a finder behind that makes every later import warn.
    sys.meta_path[:] = finders

SELLER = SELLERS["NA"]
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"

pytestmark = pytest.mark.filterwarnings("ignore")


def mws_client(port: int, secret: str = SELLER.secret_access_key) -> mws.Reports:
    domain = f"http://{HOST}:{port}"
    return mws.Reports(SELLER.access_key_id, secret, SELLER.seller_id, domain=domain)


def boto_client(port: int, secret: str = SELLER.secret_access_key) -> connection.MWSConnection:
    return connection.MWSConnection(
        SELLER.access_key_id,
        secret,
        host=HOST,
        port=port,
        is_secure=False,
        SellerId=SELLER.seller_id,
    )


def test_mws_from_request_to_rows(port: int) -> None:
    client = mws_client(port)
    requested = client.request_report(LISTINGS, marketplaceids=SELLER.marketplace_ids[:1])
    request_id = requested.parsed["ReportRequestInfo"]["ReportRequestId"]
    polled = client.get_report_request_list(requestids=[request_id]).parsed["ReportRequestInfo"]
    assert polled["ReportProcessingStatus"] == "_DONE_"
    report_id = polled["GeneratedReportId"]
    listed = client.get_report_list(types=[LISTINGS]).parsed
    assert listed["ReportInfo"]["ReportId"] == report_id
    assert client.get_report_count(report_types=[LISTINGS]).parsed["Count"] == "1"
    document = client.get_report(report_id)
    assert document.response.request.method == "GET"
    assert document.original.startswith(b"\xef\xbb\xbfitem-name\t")
    assert document.original.count(b"\n") > 10


def test_mws_follows_pages(port: int) -> None:
    client = mws_client(port)
    first = client.get_report_list(max_count="2").parsed
    second = client.get_report_list(next_token=first["NextToken"]).parsed
    ids = [item["ReportId"] for page in (first, second) for item in page["ReportInfo"]]
    assert len(set(ids)) == 4


def test_mws_schedules_and_acknowledges(port: int) -> None:
    client = mws_client(port)
    # The package has no methods for these two, but signs and sends them as any other call.
    schedule = {"Action": "ManageReportSchedule", "ReportType": LISTINGS, "Schedule": "_1_DAY_"}
    assert client.make_request(schedule).parsed["Count"] == "1"
    assert client.get_report_schedule_count().parsed["Count"] == "1"
    newest = client.get_report_list(max_count="1").parsed["ReportInfo"]["ReportId"]
    acknowledgement = {"Action": "UpdateReportAcknowledgements", "ReportIdList.Id.1": newest}
    told = client.make_request(acknowledgement).parsed
    assert told["ReportInfo"]["Acknowledged"] == "true"


def test_mws_gets_the_reason_of_an_error(port: int) -> None:
    with pytest.raises(mws.MWSError, match="SignatureDoesNotMatch"):
        mws_client(port, "wrong").get_report_count()


def test_boto_from_request_to_acknowledgement(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # On Python 3 boto compares the MD5 as bytes with the header as text, so it refuses every report
    # of every server; with its own digest as text it checks what it means to check.
    md5 = connection.content_md5
    monkeypatch.setattr(connection, "content_md5", lambda body: md5(body).decode())
    client = boto_client(port)
    requested = client.request_report(
        ReportType=LISTINGS, MarketplaceIdList=list(SELLER.marketplace_ids[:1])
    )
    request_id = requested.RequestReportResult.ReportRequestInfo.ReportRequestId
    polled = client.get_report_request_list(ReportRequestIdList=[request_id])
    info = polled.GetReportRequestListResult.ReportRequestInfo[0]
    assert info.ReportProcessingStatus == "_DONE_"
    report_id = info.GeneratedReportId
    listed = client.get_report_list(ReportTypeList=[LISTINGS])
    assert listed.GetReportListResult.ReportInfo[0].ReportId == report_id
    assert client.get_report(ReportId=report_id).startswith(b"\xef\xbb\xbfitem-name\t")
    told = client.update_report_acknowledgements(ReportIdList=[report_id])
    assert told.UpdateReportAcknowledgementsResult.ReportInfo[0].Acknowledged == "true"


def test_boto_schedules_and_counts(port: int) -> None:
    client = boto_client(port)
    made = client.manage_report_schedule(ReportType=LISTINGS, Schedule="_1_DAY_")
    assert made.ManageReportScheduleResult.ReportSchedule.Schedule == "_1_DAY_"
    listed = client.get_report_schedule_list()
    assert listed.GetReportScheduleListResult.ReportSchedule.ReportType == LISTINGS
    counted = client.get_report_request_count().GetReportRequestCountResult
    assert int(counted.Count) >= 5
    # boto writes the list of this one call as Python would, ``ReportTypeList=['_GET_...']``.
    with pytest.raises(ResponseError, match="ReportTypeList is not one of"):
        client.cancel_report_requests(ReportTypeList=[LISTINGS])


def test_boto_follows_pages(port: int) -> None:
    client = boto_client(port)
    first = client.get_report_list(MaxCount=2).GetReportListResult
    answer = client.get_report_list_by_next_token(NextToken=first.NextToken)
    second = answer.GetReportListByNextTokenResult
    ids = [item.ReportId for page in (first, second) for item in page.ReportInfo]
    assert len(set(ids)) == 4


def test_boto_gets_the_reason_of_an_error(port: int) -> None:
    with pytest.raises(ResponseError, match="SignatureDoesNotMatch"):
        boto_client(port, "wrong").get_report_count()


def test_boto_subscribes_and_unsubscribes(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # boto looks for these two where they were before Python 3.10.
    for kind in (Mapping, Iterable):
        monkeypatch.setattr(collections, kind.__name__, kind, raising=False)
    client = boto_client(port)
    queue = {"Key": "sqsQueueUrl", "Value": "https://sqs.us-east-1.amazonaws.com/1/reports"}
    destination = {"DeliveryChannel": "SQS", "AttributeList": [queue]}
    here = {"MarketplaceId": SELLER.marketplace_ids[0], "Destination": destination}
    wanted = {"NotificationType": "ReportProcessingFinished"}
    client.register_destination(**here)
    client.send_test_notification_to_destination(**here)
    client.create_subscription(
        MarketplaceId=SELLER.marketplace_ids[0],
        Subscription={**wanted, "IsEnabled": True, "Destination": destination},
    )
    client.delete_subscription(**here, **wanted)
    client.deregister_destination(**here)
    with pytest.raises(ResponseError, match="not registered"):
        client.deregister_destination(**here)
