"""Mailings: whom they go to, what they say, and what became of every single mail."""

from .audiences import Audience
from .deliveries import Chunk, Delivery
from .mailings import Mailing, MailingContent
from .settings import ProofReader, SendingSite

__all__ = [
    "Audience",
    "Chunk",
    "Delivery",
    "Mailing",
    "MailingContent",
    "ProofReader",
    "SendingSite",
]
