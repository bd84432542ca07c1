"""A copy of the database at another address must not write to everybody once more."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from .models import SendingSite


def refuses_here() -> list[str]:
    """Why this installation may not send; nothing where it may."""
    site = SendingSite.objects.first()
    if site is None:
        return [
            _("Nobody has said yet that this installation sends: run `manage.py send_from_here`.")
        ]
    if site.base_url != settings.BASE_URL:
        return [
            _(
                "This database belongs to %(site)s, and this is %(here)s: a copy sends nothing."
                " If the site has moved, run `manage.py send_from_here`."
            )
            % {"site": site.base_url, "here": settings.BASE_URL}
        ]
    return []


@transaction.atomic
def send_from_here(*, now: datetime) -> None:
    """From now on this installation sends, and no other that has a copy of the database."""
    SendingSite.objects.all().delete()
    SendingSite.objects.create(base_url=settings.BASE_URL, since=now)
