"""Why somebody gets nothing: every reason, and what can be done about each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.outbox import kinds
from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.outbox.selectors import suppressions_of

from ..mail_counts import mails_of_apps
from ..models import DIGITAL_AGE, ContactPoint, Formula, Subscription, Supporter

CAP_WINDOW = timedelta(days=30)


class SilenceCode(StrEnum):
    """Why mail does not come, or not all of it."""

    UNCONFIRMED = "UNCONFIRMED"
    NO_SUBSCRIPTION = "NO_SUBSCRIPTION"
    WAITING = "WAITING"
    PAUSED = "PAUSED"
    SUPPRESSED = "SUPPRESSED"
    CAPPED = "CAPPED"
    TOO_YOUNG = "TOO_YOUNG"
    PHONE_MISSING = "PHONE_MISSING"
    POSTAL_ADDRESS_MISSING = "POSTAL_ADDRESS_MISSING"
    LAST_FAILED = "LAST_FAILED"


@dataclass(frozen=True)
class Silence:
    """One reason; `formula` or `suppression` is what it is about, if anything."""

    code: SilenceCode
    reason: str
    remedy: str
    since: datetime | None = None
    formula: Formula | None = None
    suppression: Suppression | None = None


def why_silent(supporter: Supporter, *, now: datetime) -> list[Silence]:
    """Every reason why this person gets nothing, or not all that was asked for.

    Empty for whoever gets everything. In a constant number of queries.
    """
    subscriptions = list(supporter.subscriptions.select_related("formula"))
    return [
        *_address(supporter, subscriptions),
        *_suppressions(supporter),
        *_pause(supporter, now=now),
        *_cap(supporter, now=now),
        *_formulas(supporter, subscriptions),
        *_last_failure(supporter),
    ]


def mails_this_month(supporter: Supporter, *, now: datetime) -> int:
    """How many mails of formulas have been sent to this person in the last 30 days."""
    subscribed = [kind.name for kind in kinds.every_kind() if kind.lane == kinds.Lane.SUBSCRIBED]
    since = now - CAP_WINDOW
    single = OutgoingMessage.objects.filter(
        mailbox=supporter.mailbox,
        kind__in=subscribed,
        state=OutgoingMessage.State.SENT,
        sent_at__gt=since,
    )
    return single.count() + mails_of_apps(supporter.pk, since=since)


def most_mails(supporter: Supporter) -> int:
    """How many mails of formulas this person gets in 30 days at most."""
    own = supporter.most_mails_a_month
    return int(settings.MOST_MAILS_A_MONTH) if own is None else own


def open_suppressions(supporter: Supporter) -> list[Suppression]:
    """What keeps mail from this mailbox now, the newest first."""
    return [row for row in suppressions_of(supporter.mailbox) if row.lifted_at is None]


def _address(supporter: Supporter, subscriptions: list[Subscription]) -> list[Silence]:
    found = []
    if supporter.confirmed_at is None:
        found.append(
            Silence(
                SilenceCode.UNCONFIRMED,
                _("The address has not been confirmed: nobody has used the link in our mail."),
                _("Ask them to look for the mail, also under spam, or to sign up once more."),
                supporter.created_at,
            )
        )
    states = {subscription.state for subscription in subscriptions}
    if Subscription.State.ACTIVE not in states:
        found.append(
            Silence(
                SilenceCode.NO_SUBSCRIPTION,
                _("There is no active subscription."),
                _("They can sign up on the site; nobody can do it for them."),
                max((row.ended_at for row in subscriptions if row.ended_at), default=None),
            )
        )
    found += [
        Silence(
            SilenceCode.WAITING,
            _("“%(formula)s” waits for being confirmed from the mailbox.")
            % {"formula": subscription.formula},
            _("Ask them to look for the mail, also under spam, or to sign up once more."),
            subscription.requested_at,
            subscription.formula,
        )
        for subscription in subscriptions
        if subscription.state == Subscription.State.REQUESTED
    ]
    return found


def _suppressions(supporter: Supporter) -> list[Silence]:
    remedies = {
        Suppression.Reason.HARD_BOUNCE: _(
            "Ask for another address. If the mailbox works again, lift the suppression."
        ),
        Suppression.Reason.COMPLAINT: _(
            "Lift it only if they ask for our mails again; signing up again does it, too."
        ),
        Suppression.Reason.OBJECTION: _(
            "Lift it only if they ask for our mails again; signing up again does it, too."
        ),
        Suppression.Reason.ERASURE: _("Only signing up again, from that mailbox, ends it."),
        Suppression.Reason.MOVED: _("Nothing: their mail goes to the newer address."),
        Suppression.Reason.STAFF: _("Read the notes, then lift the suppression."),
    }
    return [
        Silence(
            SilenceCode.SUPPRESSED,
            _("Suppressed (%(scope)s): %(reason)s.")
            % {
                "scope": suppression.get_scope_display(),
                "reason": suppression.get_reason_display(),
            },
            remedies[Suppression.Reason(suppression.reason)],
            suppression.since,
            suppression=suppression,
        )
        for suppression in open_suppressions(supporter)
        if suppression.scope != Suppression.Scope.IMPORT
    ]


def _pause(supporter: Supporter, *, now: datetime) -> list[Silence]:
    until = supporter.paused_until
    if until is None or until <= timezone.localdate(now):
        return []
    return [
        Silence(
            SilenceCode.PAUSED,
            _("They pause until %(day)s.") % {"day": date_format(until, "DATE_FORMAT")},
            _("It ends by itself, or on their own page; send them the link to it."),
        )
    ]


def _cap(supporter: Supporter, *, now: datetime) -> list[Silence]:
    sent, most = mails_this_month(supporter, now=now), most_mails(supporter)
    if sent < most:
        return []
    return [
        Silence(
            SilenceCode.CAPPED,
            _("%(sent)s mails in the last 30 days, and they get %(most)s at most.")
            % {"sent": sent, "most": most},
            _("The next one comes when the oldest is 30 days old."),
        )
    ]


def _formulas(supporter: Supporter, subscriptions: list[Subscription]) -> list[Silence]:
    """What an active subscription lacks to be served."""
    kept = set(ContactPoint.objects.filter(supporter=supporter).values_list("kind", flat=True))
    found = []
    for subscription in subscriptions:
        if subscription.state != Subscription.State.ACTIVE:
            continue
        formula = subscription.formula
        named = {"formula": formula}
        if supporter.is_minor and formula.minimum_age > DIGITAL_AGE:
            found.append(
                Silence(
                    SilenceCode.TOO_YOUNG,
                    _("“%(formula)s” is for people of %(age)s and over, and they are younger.")
                    % {**named, "age": formula.minimum_age},
                    _("Nothing, before they are of age and say so on a form."),
                    formula=formula,
                )
            )
        if formula.needs_phone and ContactPoint.Kind.PHONE not in kept:
            found.append(
                Silence(
                    SilenceCode.PHONE_MISSING,
                    _("“%(formula)s” needs a phone number, and there is none.") % named,
                    _("They can add it on their own page; send them the link to it."),
                    formula=formula,
                )
            )
        if formula.needs_postal_address and ContactPoint.Kind.POSTAL not in kept:
            found.append(
                Silence(
                    SilenceCode.POSTAL_ADDRESS_MISSING,
                    _("“%(formula)s” needs a postal address, and there is none.") % named,
                    _("They can add it on their own page; send them the link to it."),
                    formula=formula,
                )
            )
    return found


def _last_failure(supporter: Supporter) -> list[Silence]:
    """The last mail, where it did not arrive although the mailbox is not suppressed."""
    last = (
        OutgoingMessage.objects.filter(person_id=supporter.pk)
        .exclude(state=OutgoingMessage.State.CANCELLED)
        .order_by("-created_at")
        .first()
    )
    if last is None or last.state != OutgoingMessage.State.FAILED:
        return []
    return [
        Silence(
            SilenceCode.LAST_FAILED,
            _("The last mail could not be delivered: %(error)s") % {"error": last.error},
            _("Ask whether the mailbox is full, or for another address."),
            last.created_at,
        )
    ]
