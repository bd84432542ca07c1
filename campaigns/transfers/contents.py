"""What an export says of a supporter."""

import json
from collections.abc import Sequence

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.models import ContactPoint, Subscription, Supporter

from .problems import Column

HEADINGS: Sequence[str | Promise] = (
    _("Number"),
    Column.EMAIL.label,
    Column.GIVEN_NAME.label,
    Column.FAMILY_NAME.label,
    Column.LANGUAGE.label,
    Column.COUNTRY.label,
    Column.PHONE.label,
    Column.STREET.label,
    Column.BOX.label,
    Column.POSTCODE.label,
    Column.LOCALITY.label,
    _("Formulas"),
    _("Address confirmed on"),
    _("Pauses until"),
)


def headings() -> list[str]:
    """The first row, in the active language."""
    return [str(heading) for heading in HEADINGS]


def contents(supporter: Supporter) -> list[str]:
    """One row. `supporter` comes with its contact points and subscriptions."""
    points = {point.kind: point.value for point in supporter.contact_points.all()}
    postal = json.loads(points.get(ContactPoint.Kind.POSTAL) or "{}")
    formulas = sorted(
        subscription.formula.code
        for subscription in supporter.subscriptions.all()
        if subscription.state == Subscription.State.ACTIVE
    )
    return [
        str(supporter.pk),
        supporter.email,
        supporter.given_name,
        supporter.family_name,
        supporter.language,
        supporter.country,
        points.get(ContactPoint.Kind.PHONE, ""),
        *(postal.get(name, "") for name in ("street", "box", "postcode", "locality")),
        ", ".join(formulas),
        timezone.localdate(supporter.confirmed_at).isoformat() if supporter.confirmed_at else "",
        supporter.paused_until.isoformat() if supporter.paused_until else "",
    ]
