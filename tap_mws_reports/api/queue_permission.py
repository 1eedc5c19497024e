"""What a queue must allow, so that Amazon can send notifications to it."""

from __future__ import annotations

SENDER = "437568002678"
"""The AWS account from which Amazon sends
(https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_ReceivingNotifications.html)."""

PERMISSION = (
    f"the policy of the queue must allow AWS account {SENDER} the actions sqs:SendMessage and "
    "sqs:GetQueueAttributes, and for a queue encrypted by KMS kms:GenerateDataKey and kms:Decrypt "
    "on its key; the queue must be a standard queue, no FIFO queue"
)
