"""The client of Notifications v1, for notifications of the end of reports.

A queue is a destination of the application; the seller's subscription leads to a destination. There
is one subscription for each seller, and none for single marketplaces.
Source: https://developer-docs.amazon.com/sp-api/docs/notifications-api-v1-use-case-guide
"""

from __future__ import annotations

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.report_notifications import QUEUE_PERMISSIONS
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials
from tap_mws_reports.api.sp_api.response_models import (
    DestinationList,
    Subscription,
    SubscriptionResponse,
)
from tap_mws_reports.api.sp_api.schemas import NOTIFICATION_TYPE
from tap_mws_reports.api.sp_api.sp_api_errors import UNAUTHORIZED
from tap_mws_reports.api.sqs import queue_arn
from tap_mws_reports.errors import RequestRefused

_PAYLOAD_VERSION = "1.0"
_TYPE = {"notificationType": NOTIFICATION_TYPE}
_OTHERS = (
    "unsubscribe all sellers of this application first: the queue is a destination of them all"
)


class SpApiSubscriptions:
    """Subscriptions of one seller.

    Methods that change something return whether there was something to change. All may raise what
    `ReportService` may; where Amazon has to send to the queue, a refusal explains the permission
    that it needs. A ``queue`` is given by its URL or its ARN; the marketplace is ignored.
    """

    by_marketplace = False

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._call = Caller(settings).call

    def register(self, marketplace_id: str, queue: str) -> bool:
        """Register a queue as a destination; Amazon checks that it may send to it."""
        arn = queue_arn(queue)
        if self._destination_id(arn) is not None:
            return False
        resource = {"sqs": {"arn": arn}}
        name = f"tap-mws-reports {arn.rsplit(':', 1)[1]}"
        self._send_to("createDestination", {"name": name, "resourceSpecification": resource})
        return True

    def subscribe(self, marketplace_id: str, queue: str) -> bool:
        """Subscribe a queue that is a destination.

        Raises:
            RequestRefused: it is not a destination, or notifications of the seller go elsewhere.
        """
        destination_id = self._destination_id(queue_arn(queue))
        if destination_id is None:
            what = "the queue is not registered as a destination"
            raise RequestRefused(what, hint="register it first")
        present = self._subscription()
        if present is not None:
            _check_destination(present, destination_id)
            return False
        values = {"payloadVersion": _PAYLOAD_VERSION, "destinationId": destination_id}
        self._send_to("createSubscription", {**_TYPE, **values})
        return True

    def send_test(self, marketplace_id: str, queue: str) -> None:
        """Refuse: SP-API sends tests only from its sandbox.

        Raises:
            RequestRefused: always.
        """
        what = "SP-API sends no test notifications"
        raise RequestRefused(what, hint="request a small report and check the queue")

    def unsubscribe(self, marketplace_id: str, queue: str) -> bool:
        """Unsubscribe a queue."""
        present = self._subscription()
        if present is None or present.destination_id != self._destination_id(queue_arn(queue)):
            return False
        values = {**_TYPE, "subscriptionId": present.subscription_id}
        self._call("deleteSubscriptionById", values)
        return True

    def deregister(self, marketplace_id: str, queue: str) -> bool:
        """Deregister a queue; the subscriptions of all sellers must have been deleted."""
        destination_id = self._destination_id(queue_arn(queue))
        if destination_id is None:
            return False
        try:
            self._call("deleteDestination", {"destinationId": destination_id})
        except RequestRefused as error:
            error.hint = _OTHERS
            raise
        return True

    def _destination_id(self, arn: str) -> str | None:
        listed: DestinationList = self._call("getDestinations", {})
        found = (
            each.destination_id
            for each in listed.payload or ()
            if each.resource.sqs is not None and each.resource.sqs.arn == arn
        )
        return next(found, None)

    def _subscription(self) -> Subscription | None:
        try:
            answer: SubscriptionResponse = self._call("getSubscription", _TYPE)
        except RequestRefused as error:
            if error.amazon_code == UNAUTHORIZED:
                raise
            # There is none.
            return None
        return answer.payload

    def _send_to(self, name: str, values: dict[str, object]) -> None:
        """Call an operation for which Amazon checks that it may send to the queue."""
        try:
            self._call(name, values)
        except RequestRefused as error:
            error.hint = QUEUE_PERMISSIONS
            raise


def _check_destination(present: Subscription, destination_id: str) -> None:
    if present.destination_id != destination_id:
        raise RequestRefused(
            "the seller's notifications go to another queue of this application",
            hint="read that queue, or unsubscribe it first",
        )
