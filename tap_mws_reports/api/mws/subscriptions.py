"""MWS Subscriptions 2013-07-01: have Amazon tell a queue when a report request has ended.

Source: https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_Overview.html
"""

from __future__ import annotations

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.mws.subscription_operations import OPERATIONS
from tap_mws_reports.api.mws.wire.notices import NOTIFICATION_TYPE
from tap_mws_reports.api.queue_permission import PERMISSION
from tap_mws_reports.errors import CredentialsError, RequestRefused

_KNOWN_ALREADY = ("already",)
_UNKNOWN = ("not registered", "not exist", "not found", "no subscription", "no destination")


class MwsSubscriptions:
    """Subscriptions of one seller, by the endpoint of the section `SUBSCRIPTIONS`.

    Methods that change something say whether there was something to change. All may raise what
    `ReportService` may; where Amazon has to send to the queue, a refusal explains the permission
    that it needs.
    """

    by_marketplace = True

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._caller = Caller(settings, OPERATIONS)

    def register(self, marketplace_id: str, queue: str) -> bool:
        """Make a queue known as a destination; Amazon looks whether it may send to it."""
        values = _destination(marketplace_id, queue)
        return self._send_to("RegisterDestination", values)

    def subscribe(self, marketplace_id: str, queue: str) -> bool:
        """Have notifications sent to a queue that is a destination."""
        values = {
            **_destination(marketplace_id, queue),
            "notification_type": NOTIFICATION_TYPE,
            "is_enabled": True,
        }
        return self._send_to("CreateSubscription", values)

    def send_test(self, marketplace_id: str, queue: str) -> None:
        """Have a test notification sent to a queue that is a destination."""
        values = _destination(marketplace_id, queue)
        self._send_to("SendTestNotificationToDestination", values)

    def unsubscribe(self, marketplace_id: str, queue: str) -> bool:
        """Have no more notifications sent to a queue."""
        destination = _destination(marketplace_id, queue)
        values = {**destination, "notification_type": NOTIFICATION_TYPE}
        return self._call("DeleteSubscription", values, unless=_UNKNOWN)

    def deregister(self, marketplace_id: str, queue: str) -> bool:
        """Make a queue unknown; all its subscriptions must have been deleted."""
        values = _destination(marketplace_id, queue)
        return self._call("DeregisterDestination", values, unless=_UNKNOWN)

    def _send_to(self, name: str, values: dict[str, object]) -> bool:
        """Call an operation upon which Amazon looks whether it may send to the queue."""
        try:
            return self._call(name, values, unless=_KNOWN_ALREADY)
        except RequestRefused as error:
            error.hint = PERMISSION
            raise
        except CredentialsError as error:
            # It may have one word for a queue it may not use and a seller it may not serve.
            error.hint = f"{error.hint}; {PERMISSION}"
            raise

    def _call(self, name: str, values: dict[str, object], unless: tuple[str, ...]) -> bool:
        """Call an operation; a refusal in one of the words ``unless`` means nothing was to do.

        The manual tells no code for what is there already or is not there, so words must serve.
        """
        try:
            self._caller.call(name, values)
        except RequestRefused as error:
            if any(word in error.what.lower() for word in unless):
                return False
            raise
        return True


def _destination(marketplace_id: str, queue: str) -> dict[str, object]:
    return {
        "marketplace_id": marketplace_id,
        "delivery_channel": "SQS",
        "attribute_key": "sqsQueueUrl",
        "attribute_value": queue,
    }
