"""The account of a mailing, as tests read it."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from campaigns.mailings import services
from campaigns.mailings.models import Delivery, Mailing


def states(mailing: Mailing) -> dict[str, int]:
    """How many rows in each state; they are always as many as there were candidates."""
    mailing.refresh_from_db()
    found = Counter(Delivery.objects.filter(mailing=mailing).values_list("state", flat=True))
    assert found.total() == mailing.candidates
    return dict(found)


def reasons(mailing: Mailing) -> dict[str, int]:
    """How many rows for each reason."""
    rows = Delivery.objects.filter(mailing=mailing).exclude(reason="")
    return dict(Counter(rows.values_list("reason", flat=True)))


def work() -> int:
    """What one worker does in one round."""
    return services.work(until=timezone.now() + timedelta(seconds=30))
