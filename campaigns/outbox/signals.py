"""What the outbox tells those who stand on it."""

from django.dispatch import Signal

# A mailbox does not exist, or its owner objects: keyword arguments `mailbox` (its keyed hash),
# `reason` (Suppression.Reason) and `now`. Sent in the transaction that suppresses it, and
# possibly again: receivers change nothing twice.
mailbox_failed = Signal()
