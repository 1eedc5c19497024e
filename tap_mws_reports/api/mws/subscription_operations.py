"""The operations of the MWS Subscriptions API that notifications need, as `operations` has them.

A destination is written as Amazon's serialised list of one attribute, so its key is a parameter,
too: https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_Datatypes.html
"""

from __future__ import annotations

from tap_mws_reports.api.mws.operations import Operation, Parameter, ParameterKind, Result, Section
from tap_mws_reports.api.quota import Quota

SUBSCRIPTIONS = Section(
    "Subscriptions",
    "2013-07-01",
    "http://mws.amazonservices.com/schema/Subscriptions/2013-07-01",
)

_QUOTA = Quota(burst=25, restore_seconds=0.5, hourly=7200)
_MARKETPLACE = Parameter("marketplace_id", "MarketplaceId", ParameterKind.TEXT, required=True)


def _destination(prefix: str) -> tuple[Parameter, ...]:
    attribute = f"{prefix}Destination.AttributeList.member.1"
    return (
        Parameter(
            "delivery_channel",
            f"{prefix}Destination.DeliveryChannel",
            ParameterKind.TEXT,
            required=True,
        ),
        Parameter("attribute_key", f"{attribute}.Key", ParameterKind.TEXT, required=True),
        Parameter("attribute_value", f"{attribute}.Value", ParameterKind.TEXT, required=True),
    )


def _operation(name: str, *parameters: Parameter) -> Operation:
    return Operation(name, (_MARKETPLACE, *parameters), Result(), _QUOTA, section=SUBSCRIPTIONS)


_TABLE = (
    _operation("RegisterDestination", *_destination("")),
    _operation("DeregisterDestination", *_destination("")),
    _operation("SendTestNotificationToDestination", *_destination("")),
    _operation(
        "CreateSubscription",
        Parameter(
            "notification_type", "Subscription.NotificationType", ParameterKind.TEXT, required=True
        ),
        Parameter("is_enabled", "Subscription.IsEnabled", ParameterKind.BOOLEAN, required=True),
        *_destination("Subscription."),
    ),
    _operation(
        "DeleteSubscription",
        Parameter("notification_type", "NotificationType", ParameterKind.TEXT, required=True),
        *_destination(""),
    ),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
