"""What happens to petitions and signatures."""

from .confirming import confirm_signature, confirm_signatures
from .marathon import sign_marathon_as_known
from .messages import (
    MessagesClosed,
    MessageWords,
    approve_message,
    confirm_messages,
    refuse_message,
    withdraw_message,
    write_message,
    write_message_as_known,
)
from .references import keep_names_out_of_references
from .releasing import release_signatures
from .signing import (
    Origin,
    PetitionClosed,
    SignatureRequest,
    SupporterGone,
    sign_as_known,
    sign_further_petition,
    sign_petition,
    sign_petitions,
)
from .taking_back import disown_signatures, take_back_signatures
from .tallying import recount_signatures, tally_signatures
from .withdrawing import forget_networks, withdraw_signatures

__all__ = [
    "MessageWords",
    "MessagesClosed",
    "Origin",
    "PetitionClosed",
    "SignatureRequest",
    "SupporterGone",
    "approve_message",
    "confirm_messages",
    "confirm_signature",
    "confirm_signatures",
    "disown_signatures",
    "forget_networks",
    "keep_names_out_of_references",
    "recount_signatures",
    "refuse_message",
    "release_signatures",
    "sign_as_known",
    "sign_further_petition",
    "sign_marathon_as_known",
    "sign_petition",
    "sign_petitions",
    "take_back_signatures",
    "tally_signatures",
    "withdraw_message",
    "withdraw_signatures",
    "write_message",
    "write_message_as_known",
]
