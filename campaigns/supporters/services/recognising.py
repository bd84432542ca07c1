"""From when on devices and mailed links may know somebody (`campaigns.supporters.recognition`)."""

from datetime import datetime

from ..models import Supporter


def forget_devices(*, supporter_id: int, now: datetime) -> None:
    """Whatever knew the supporter until now knows nobody; where they confirm later on, it does."""
    Supporter.objects.filter(pk=supporter_id).update(recognised_from=now)
