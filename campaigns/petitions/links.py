"""The mailed link that confirms a signature."""

from campaigns.supporters.links import UNCONFIRMED_LIFETIME, LinkPurpose

CONFIRM_SIGNATURE = LinkPurpose(
    "confirm-signature", "petitions:confirm_signature", UNCONFIRMED_LIFETIME
)
