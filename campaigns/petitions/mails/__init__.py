"""The mails about signatures."""

from . import confirmations, marathon, receipts

KINDS = [*confirmations.KINDS, *marathon.KINDS, *receipts.KINDS]
