"""The mails that supporters get about their own data and subscriptions."""

from . import sign_up

KINDS = [*sign_up.KINDS]
