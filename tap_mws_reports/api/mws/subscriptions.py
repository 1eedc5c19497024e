"""The client of MWS Subscriptions 2013-07-01, for notifications of the end of report requests.

Source: https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_Overview.html
"""

from __future__ import annotations

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.mws.codec.responses import NOTIFICATION_TYPE
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.mws.subscription_operations import OPERATIONS
from tap_mws_reports.api.report_notifications import QUEUE_PERMISSIONS
from tap_mws_reports.errors import CredentialsError, RequestRefused

_KNOWN_ALREADY = ("already",)
_UNKNOWN = ("not registered", "not exist", "not found", "no subscription", "no destination")


class MwsSubscriptions:
    """Subscriptions of one seller, by the endpoint of the section `SUBSCRIPTIONS`.

    Methods that change something return whether there was something to change. All may raise what
    `ReportService` may; where Amazon has to send to the queue, a refusal explains the permission
    that it needs.
    """

    by_marketplace = True

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._caller = Caller(settings, OPERATIONS)

    def register(self, marketplace_id: str, queue: str) -> bool:
        """Register a queue as a destination; Amazon checks that it may send to it."""
        values = _destination(marketplace_id, queue)
        return self._send_to("RegisterDestination", values)

    def subscribe(self, marketplace_id: str, queue: str) -> bool:
        """Subscribe a queue that is a destination."""
        values = {
            **_destination(marketplace_id, queue),
            "notification_type": NOTIFICATION_TYPE,
            "is_enabled": True,
        }
        return self._send_to("CreateSubscription", values)

    def send_test(self, marketplace_id: str, queue: str) -> None:
        """Send a test notification to a queue that is a destination."""
        values = _destination(marketplace_id, queue)
        self._send_to("SendTestNotificationToDestination", values)

    def unsubscribe(self, marketplace_id: str, queue: str) -> bool:
        """Unsubscribe a queue."""
        destination = _destination(marketplace_id, queue)
        values = {**destination, "notification_type": NOTIFICATION_TYPE}
        return self._call("DeleteSubscription", values, unless=_UNKNOWN)

    def deregister(self, marketplace_id: str, queue: str) -> bool:
        """Deregister a queue; all its subscriptions must have been deleted."""
        values = _destination(marketplace_id, queue)
        return self._call("DeregisterDestination", values, unless=_UNKNOWN)

    def _send_to(self, name: str, values: dict[str, object]) -> bool:
        """Call an operation for which Amazon checks that it may send to the queue."""
        try:
            return self._call(name, values, unless=_KNOWN_ALREADY)
        except RequestRefused as error:
            error.hint = QUEUE_PERMISSIONS
            raise
        except CredentialsError as error:
            # Amazon may have one code for a queue it may not use and for missing access.
            error.hint = f"{error.hint}; {QUEUE_PERMISSIONS}"
            raise

    def _call(self, name: str, values: dict[str, object], unless: tuple[str, ...]) -> bool:
        """Call an operation; return False if it is refused with one of the words ``unless``.

        The manual has no code for what exists already or does not exist.
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
