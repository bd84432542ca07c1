"""What happens to mail. Each module is a set of verbs; nothing else writes."""

from .caps import CAPS, MOST_UNANSWERED, mailbox_answered
from .events import BOUNCES_UNTIL_SUPPRESSED, apply_delivery_events
from .messages import (
    FIRST_RETRY,
    GIVE_UP_AFTER,
    LEASE,
    LONGEST_RETRY,
    MOST_LOST,
    MOST_UNCERTAIN,
    NO_WAIT,
    SAME_PRESS,
    deliver_message,
    press_key,
    queue_message,
    sweep,
)
from .suppressions import lift_again, lift_suppressions, suppress, suppress_again

__all__ = [
    "BOUNCES_UNTIL_SUPPRESSED",
    "CAPS",
    "FIRST_RETRY",
    "GIVE_UP_AFTER",
    "LEASE",
    "LONGEST_RETRY",
    "MOST_LOST",
    "MOST_UNANSWERED",
    "MOST_UNCERTAIN",
    "NO_WAIT",
    "SAME_PRESS",
    "apply_delivery_events",
    "deliver_message",
    "lift_again",
    "lift_suppressions",
    "mailbox_answered",
    "press_key",
    "queue_message",
    "suppress",
    "suppress_again",
    "sweep",
]
