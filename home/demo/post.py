"""What the demonstration knows of the post: invented prices, and a country that gets none."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns.cases.models import Country
from campaigns.letters.models import PostageRate, PostalSuspension

from .campaigns import read_words

PRICES_SINCE_DAYS = 90
SUSPENDED_SINCE_DAYS = 30


def build_post(*, now: datetime) -> None:
    """Prices and suspensions where there are none; what staff have typed stays."""
    words, today = read_words("post"), timezone.localdate(now)
    for zone, price in words["postage"].items():
        if not PostageRate.objects.filter(posted_in="BE", zone=zone).exists():
            PostageRate.objects.create(
                zone=zone,
                price=Decimal(price),
                valid_from=today - timedelta(days=PRICES_SINCE_DAYS),
            )
    for code, in_words in words["suspensions"].items():
        PostalSuspension.objects.get_or_create(
            country=Country.objects.get(code=code),
            defaults={"since": today - timedelta(days=SUSPENDED_SINCE_DAYS), "words": in_words},
        )
