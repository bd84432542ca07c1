"""The mails that supporters get about their own data and subscriptions."""

from . import self_service, sign_up

KINDS = [*sign_up.KINDS, *self_service.KINDS]
