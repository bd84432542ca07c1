"""What happens to people's data. Each module is a set of verbs; nothing else writes."""

from .consents import record_consent
from .people import Person, confirm_address, register_supporter
from .reminding import remind_unconfirmed
from .subscriptions import (
    confirm_sign_up,
    confirm_sign_ups,
    confirm_subscription,
    end_subscription,
    request_subscriptions,
)

__all__ = [
    "Person",
    "confirm_address",
    "confirm_sign_up",
    "confirm_sign_ups",
    "confirm_subscription",
    "end_subscription",
    "record_consent",
    "register_supporter",
    "remind_unconfirmed",
    "request_subscriptions",
]
