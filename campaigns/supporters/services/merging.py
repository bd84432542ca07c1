"""Joining two entries that are one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.outbox.services import suppress
from campaigns.transitions import Refused

from ..models import (
    AddressChange,
    Consent,
    ContactPoint,
    Formula,
    SignUp,
    Subscription,
    SubscriptionChoice,
    Supporter,
    SupporterNote,
)
from ..selectors import open_suppressions
from ..staff import merge_parts
from .consents import record_consent

State = Subscription.State
# Which of two subscriptions to one formula stays; of equals, that of the entry that stays.
RANK = {State.ENDED: 0, State.REQUESTED: 1, State.ACTIVE: 2}


@dataclass(frozen=True)
class Pair:
    """What both entries have of one formula; either may be None."""

    formula: Formula
    kept: Subscription | None
    merged: Subscription | None

    @property
    def winner(self) -> Subscription:
        if self.kept is None or self.merged is None:
            return self.kept or self.merged  # type: ignore[return-value]  # One is there.
        is_livelier = RANK[State(self.merged.state)] > RANK[State(self.kept.state)]
        return self.merged if is_livelier else self.kept

    @property
    def loser(self) -> Subscription | None:
        if self.kept is None or self.merged is None:
            return None
        return self.kept if self.winner is self.merged else self.merged

    @property
    def united(self) -> list[tuple[str, str]]:
        """The choices that the winner takes over. Where only one can be chosen, its own stays."""
        loser = self.loser
        if loser is None or {loser.state, self.winner.state} != {State.ACTIVE}:
            return []
        return [
            (choice.kind, choice.code)
            for choice in loser.choices.all()
            if self.formula.choosing(choice.kind) == Formula.Choosing.MANY
        ]


def reasons_not_to_merge(*, kept: Supporter, merged: Supporter) -> list[str]:
    """Why these two cannot be joined this way round; empty where they can."""
    if kept.pk == merged.pk:
        return [_("These are not two entries, but one.")]
    if kept.confirmed_at is None:
        # A link that waits in the other mailbox would otherwise confirm this one.
        return [_("The entry that stays must have an address that its owner has confirmed.")]
    return []


def preview_merge(*, kept: Supporter, merged: Supporter) -> list[str]:
    """What joining them will do, a sentence each. Changes nothing."""
    told = [_("Mail goes to the address of the entry that stays, and to no other.")]
    for pair in _pairs(kept, merged):
        told += _pair_words(pair)
    told += _contact_words(kept, merged)
    told += [
        _("The mailbox that goes is suppressed (%(suppression)s). Make sure that this is known.")
        % {"suppression": suppression}
        for suppression in open_suppressions(merged)
    ]
    counts = {
        "consents": Consent.objects.filter(supporter=merged).count(),
        "notes": SupporterNote.objects.filter(supporter=merged).count(),
    }
    if counts["consents"]:
        told.append(
            ngettext(
                "%(count)s line of consent moves over, unchanged.",
                "%(count)s lines of consent move over, unchanged.",
                counts["consents"],
            )
            % {"count": counts["consents"]}
        )
    if counts["notes"]:
        told.append(
            ngettext("%(count)s note moves over.", "%(count)s notes move over.", counts["notes"])
            % {"count": counts["notes"]}
        )
    for part in merge_parts():
        told += part.preview(kept_id=kept.pk, merged_id=merged.pk)
    told.append(_("%(supporter)s disappears. This cannot be taken back.") % {"supporter": merged})
    return told


@transaction.atomic
def merge_supporters(*, kept: Supporter, merged: Supporter, now: datetime, by: Any = None) -> None:
    """Make one entry of two; `merged` is gone afterwards. A second call changes nothing.

    Nobody is counted twice, no line of consent is lost or changed, and what the entry that stays
    says about itself stands. Raises Refused.
    """
    rows = {
        row.pk: row
        for row in Supporter.objects.select_for_update()
        .filter(pk__in=[kept.pk, merged.pk])
        .order_by("pk")
    }
    if kept.pk not in rows:
        raise Refused([_("The entry that was to stay is gone.")])
    if merged.pk not in rows and kept.pk != merged.pk:
        return
    kept, merged = rows[kept.pk], rows[merged.pk]
    reasons = reasons_not_to_merge(kept=kept, merged=merged)
    if reasons:
        raise Refused(reasons)
    for part in merge_parts():
        part.move(kept_id=kept.pk, merged_id=merged.pk, now=now)
    for pair in _pairs(kept, merged):
        _join(pair, kept, merged, now=now)
    for model in (Consent, SignUp, AddressChange, SupporterNote):
        model._default_manager.filter(supporter=merged).update(supporter=kept)
    _move_contact_points(kept, merged)
    OutgoingMessage.objects.filter(person_id=merged.pk).update(person_id=kept.pk)
    _complete(kept, merged)
    SupporterNote.objects.create(
        supporter=kept,
        text=_("%(supporter)s turned out to be the same person, and was joined with this entry.")
        % {"supporter": merged},
        author=by,
        written_at=now,
    )
    log(instance=kept, action="supporters.merge", user=by, data={"merged": merged.pk})
    suppression_ledger.note("merged", merged.mailbox, now=now, supporter=merged.pk, into=kept.pk)
    # An old list with that address must not make a second entry, or undo an erasure.
    suppress(
        mailbox=merged.mailbox,
        scope=Suppression.Scope.IMPORT,
        reason=Suppression.Reason.MOVED,
        now=now,
    )
    merged.delete()


def _pairs(kept: Supporter, merged: Supporter) -> list[Pair]:
    """Side by side what both have, for the formulas of the entry that goes."""
    rows = (
        Subscription.objects.filter(supporter__in=[kept.pk, merged.pk])
        .select_related("formula")
        .prefetch_related("choices")
        .order_by("formula__position", "formula")
    )
    found = {(row.supporter_id, row.formula_id): row for row in rows}
    return [
        Pair(row.formula, found.get((kept.pk, row.formula_id)), row)
        for (supporter_id, _formula), row in found.items()
        if supporter_id == merged.pk
    ]


def _join(pair: Pair, kept: Supporter, merged: Supporter, *, now: datetime) -> None:
    winner, loser, united = pair.winner, pair.loser, pair.united
    if loser is not None:
        known = {(choice.kind, choice.code) for choice in winner.choices.all()}
        SubscriptionChoice.objects.bulk_create(
            SubscriptionChoice(subscription=winner, kind=kind, code=code)
            for kind, code in united
            if (kind, code) not in known
        )
        loser.delete()
    if winner.supporter_id != kept.pk:
        # Not a copy: the links in mails that were sent name this row.
        Subscription.objects.filter(pk=winner.pk).update(supporter=kept)
    if loser is not None and (winner.state, loser.state) == (State.ACTIVE, State.ENDED):
        # The ledger's last line says what holds now, not that it was stopped at one address.
        for channel in pair.formula.channels or [Formula.Channel.EMAIL]:
            record_consent(
                supporter_id=kept.pk,
                purpose=Consent.Purpose.SUBSCRIPTION,
                channel=Consent.Channel(channel),
                method=Consent.Method.STAFF,
                action=Consent.Action.CONFIRMED,
                about=f"formula:{pair.formula.code}",
                language=winner.language,
                proof=f"merge:{merged.pk}",
                now=now,
            )


def _move_contact_points(kept: Supporter, merged: Supporter) -> None:
    known = ContactPoint.objects.filter(supporter=kept).values_list("kind", flat=True)
    points = ContactPoint.objects.filter(supporter=merged)
    points.exclude(kind__in=list(known)).update(supporter=kept)
    points.delete()


def _complete(kept: Supporter, merged: Supporter) -> None:
    """What only the other entry knows, and of two rules for mails the more careful one."""
    for field in ("given_name", "family_name", "country"):
        setattr(kept, field, getattr(kept, field) or getattr(merged, field))
    kept.is_minor = kept.is_minor or merged.is_minor
    kept.paused_until = _known(max, kept.paused_until, merged.paused_until)
    kept.most_mails_a_month = _known(min, kept.most_mails_a_month, merged.most_mails_a_month)
    kept.created_at = min(kept.created_at, merged.created_at)
    kept.save()


def _known(which: Any, *values: Any) -> Any:
    known = [value for value in values if value is not None]
    return which(known) if known else None


def _pair_words(pair: Pair) -> Iterable[str]:
    named = {"formula": pair.formula}
    if pair.kept is None:
        yield _("“%(formula)s” moves over (%(state)s).") % {
            **named,
            "state": pair.winner.get_state_display(),
        }
        return
    yield _("Both have “%(formula)s”: one stays (%(state)s).") % {
        **named,
        "state": pair.winner.get_state_display(),
    }
    if pair.winner is pair.merged and pair.kept.state == State.ENDED:
        yield (
            _("“%(formula)s” was stopped at the address that stays, and runs again there.") % named
        )
    if pair.united:
        yield _("What was chosen for “%(formula)s” is joined.") % named


def _contact_words(kept: Supporter, merged: Supporter) -> Iterable[str]:
    known = set(ContactPoint.objects.filter(supporter=kept).values_list("kind", flat=True))
    for point in ContactPoint.objects.filter(supporter=merged).defer("value"):
        words = {"kind": point.get_kind_display()}
        if point.kind in known:
            yield _("The other entry's %(kind)s is forgotten.") % words
        else:
            yield _("The %(kind)s moves over.") % words
