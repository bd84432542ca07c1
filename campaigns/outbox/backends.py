"""The embedded default: every mail is kept in the database and read at `/outbox/`."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .models import LocalMessage


class LocalInboxBackend(BaseEmailBackend):
    """Keeps each message as a LocalMessage. Nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = [
                part for part, kind in getattr(message, "alternatives", []) if kind == "text/html"
            ]
            LocalMessage.objects.create(
                to=", ".join(parseaddr(address)[1] for address in message.to),
                subject=str(message.subject),
                text=str(message.body),
                html=html[0] if html else "",
                headers={"From": message.from_email, **message.extra_headers},
            )
        return len(email_messages)
