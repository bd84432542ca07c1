"""People, what they agreed to, and the mails they asked for."""

from .access import AccessRequest, AddressChange
from .consents import Consent, ConsentWording
from .formulas import DIGITAL_AGE, Formula, Subscription, SubscriptionChoice
from .people import ContactPoint, Supporter, SupporterNote
from .sign_ups import SignUp

__all__ = [
    "DIGITAL_AGE",
    "AccessRequest",
    "AddressChange",
    "Consent",
    "ConsentWording",
    "ContactPoint",
    "Formula",
    "SignUp",
    "Subscription",
    "SubscriptionChoice",
    "Supporter",
    "SupporterNote",
]
