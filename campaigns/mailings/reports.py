"""Whose delivery a provider's report is about."""

from typing import Any

from django.db.models import QuerySet

from campaigns.outbox.deliveries import DeliverySource

from .models import Delivery


def _mailbox_of(number: int) -> str | None:
    return (
        Delivery.objects.filter(pk=number, supporter__isnull=False)
        .values_list("supporter__mailbox", flat=True)
        .first()
    )


def _numbers_of(mailbox: str) -> QuerySet[Any, Any]:
    return Delivery.objects.filter(supporter__mailbox=mailbox).values_list("pk", flat=True)


DELIVERIES = DeliverySource(_mailbox_of, _numbers_of)
