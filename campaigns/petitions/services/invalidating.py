"""Signatures that nobody gave: taken out of the count by written conditions, and put back.

First counted, which changes nothing; then applied to exactly what was counted; reversed with one
press. Whoever signed sees the same pages as before, and so does whoever sent a thousand.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.transitions import Refused

from ..links import PERSONAL
from ..models import Invalidation, Petition, Signature
from ..trends import FEWEST_OF_A_DOMAIN

SHORTEST_REASON = 10
# Whoever comes back after that has to look again.
COUNT_HOLDS = timedelta(hours=24)
MOMENTS = ("signed_from", "signed_until")


@dataclass(frozen=True)
class Conditions:
    """Which signatures of a petition are meant: those that fit all that is said here.

    `network` is the keyed hash of a signature's row, `domain` what stands behind the @ of the
    address, `source` a code, where "" is "directly" and None is any. `signed_until` is exclusive.
    """

    network: str = ""
    domain: str = ""
    country: str = ""
    language: str = ""
    source: str | None = None
    signed_from: datetime | None = None
    signed_until: datetime | None = None
    only_unconfirmed: bool = False
    only_held: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether they say more than "all that are not confirmed"."""
        narrowing = (self.network, self.domain, self.country, self.language, *self._moments())
        return any(narrowing) or self.source is not None or self.only_held

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        return self.signed_from, self.signed_until

    def as_json(self) -> dict[str, Any]:
        """What `Invalidation.conditions` keeps: nothing of what was left open."""
        default = Conditions()
        said = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(default, field.name)
        }
        return {name: said[name].isoformat() if name in MOMENTS else said[name] for name in said}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Conditions":
        """The conditions that were kept."""
        read: dict[str, Any] = {
            name: datetime.fromisoformat(value) if name in MOMENTS else value
            for name, value in said.items()
        }
        return cls(**read)


def matching(
    *, petition: Petition, conditions: Conditions, before: datetime
) -> QuerySet[Signature]:
    """The signatures given before a moment that fit, and have not been found invalid yet."""
    found = Signature.objects.filter(petition=petition, invalidation=None, signed_at__lt=before)
    for name in ("network", "country", "language"):
        if value := getattr(conditions, name):
            found = found.filter(**{name: value})
    if conditions.domain:
        found = found.filter(_at_domain(conditions.domain))
    if conditions.source == PERSONAL:
        found = found.filter(Q(source=PERSONAL) | Q(source__startswith=f"{PERSONAL}-"))
    elif conditions.source is not None:
        found = found.filter(source=conditions.source)
    if conditions.signed_from:
        found = found.filter(signed_at__gte=conditions.signed_from)
    if conditions.signed_until:
        found = found.filter(signed_at__lt=conditions.signed_until)
    if conditions.only_unconfirmed:
        found = found.filter(confirmed_at=None)
    if conditions.only_held:
        found = found.filter(standing=Signature.Standing.HELD)
    return found


def _at_domain(domain: str) -> Q:
    return Q(supporter__email_canonical__endswith=f"@{domain}")


@transaction.atomic
def count_invalidation(
    *, petition: Petition, conditions: Conditions, reason: str, by: Any, now: datetime
) -> Invalidation:
    """Count what the conditions fit, and keep them with the number and the reason.

    No signature changes. Raises Refused for conditions that fit everything or nothing, for a
    domain of so few people that it might name one, and without a reason of some words.
    """
    reason = " ".join(reason.split())
    if not conditions.is_narrow:
        raise Refused([_("Please give at least one condition: these fit every signature.")])
    if len(reason) < SHORTEST_REASON:
        raise Refused([_("Please say in a few words why these should not count.")])
    if conditions.domain and _is_too_small(petition, conditions.domain):
        raise Refused([_("Fewer than five people signed with addresses of this domain.")])
    counted = matching(petition=petition, conditions=conditions, before=now).count()
    if not counted:
        raise Refused([_("No signature fits these conditions.")])
    invalidation = Invalidation.objects.create(
        petition=petition,
        conditions=conditions.as_json(),
        reason=reason,
        counted=counted,
        counted_at=now,
        counted_by=by,
    )
    _note("petitions.count_invalidation", invalidation, counted, by=by, now=now)
    return invalidation


def _is_too_small(petition: Petition, domain: str) -> bool:
    found = Signature.objects.filter(_at_domain(domain), petition=petition)
    return len(found.values_list("pk")[:FEWEST_OF_A_DOMAIN]) < FEWEST_OF_A_DOMAIN


@transaction.atomic
def apply_invalidation(*, invalidation: Invalidation, by: Any, now: datetime) -> int:
    """Take what was counted out of the figures. Returns how many; a second press changes nothing.

    Some may have been withdrawn or confirmed since, and no longer fit: fewer are taken then, and
    that is right. Raises Refused where more fit than were counted, for nobody has looked at those;
    where none is left; and a day after the count.
    """
    row = Invalidation.objects.select_for_update().get(pk=invalidation.pk)
    if row.applied_at:
        return 0
    if now - row.counted_at > COUNT_HOLDS:
        raise Refused([_("This was counted more than a day ago. Please count anew.")])
    changed = matching(
        petition=row.petition,
        conditions=Conditions.from_json(row.conditions),
        before=row.counted_at,
    ).update(invalidation=row)
    if changed > row.counted:
        raise Refused(
            [
                _(
                    "%(counted)s signatures were counted, and %(now)s fit now. Please count anew"
                    " and look at the number."
                )
                % {"counted": row.counted, "now": changed}
            ]
        )
    if not changed:
        raise Refused([_("No signature fits these conditions any more.")])
    row.applied_at = now
    row.save(update_fields=["applied_at"])
    _note("petitions.invalidate", row, changed, by=by, now=now)
    return changed


@transaction.atomic
def reverse_invalidation(*, invalidation: Invalidation, by: Any, now: datetime) -> int:
    """Let them count again as what they are. Returns how many; a second press changes nothing.

    Raises Refused for what was never applied.
    """
    row = Invalidation.objects.select_for_update().get(pk=invalidation.pk)
    if row.applied_at is None:
        raise Refused([_("These signatures have not been taken out of the count.")])
    if row.reversed_at:
        return 0
    changed = row.signatures.update(invalidation=None)
    row.reversed_at = now
    row.save(update_fields=["reversed_at"])
    _note("petitions.reverse_invalidation", row, changed, by=by, now=now)
    return changed


def _note(action: str, invalidation: Invalidation, number: int, *, by: Any, now: datetime) -> None:
    log(
        instance=invalidation.petition,
        action=action,
        user=by,
        timestamp=now,
        data={"invalidation": invalidation.pk, "signatures": number},
    )
