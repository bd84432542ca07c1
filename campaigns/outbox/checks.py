"""What a deployer gets wrong about mail, said before anything is lost."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def mail_reaches_people(**_options: Any) -> list[Error]:
    """In production a mail has to leave, and a webhook has to prove who sent it."""
    problems = []
    if settings.EMAIL_BACKEND == settings.LOCAL_INBOX_BACKEND:
        problems.append(
            Error(
                "EMAIL_BACKEND is the local inbox: no mail would reach anybody.",
                hint="Name an Anymail backend, or django.core.mail.backends.smtp.EmailBackend.",
                id="outbox.E001",
            )
        )
    if settings.EMAIL_BACKEND.startswith("anymail.") and not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        problems.append(
            Error(
                "ANYMAIL_WEBHOOK_SECRET is missing: anybody could report bounces.",
                hint="Set it to user:password, and put the same in the provider's webhook address.",
                id="outbox.E002",
            )
        )
    return problems
