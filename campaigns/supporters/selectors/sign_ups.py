"""What was asked for on forms and waits for a mailbox to say yes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.localized import label_in

from .. import choices
from ..details import UNCONFIRMED_LIFETIME, Details
from ..models import Formula, SignUp, Subscription
from ..postal import country_name

# So much of a phone number lets its owner recognise it, and nobody else.
DIGITS_SHOWN = 2


@dataclass(frozen=True)
class Wish:
    """One sent form with what it asks for, without what its reader has stopped since."""

    sign_up: SignUp
    details: Details
    subscriptions: Sequence[Subscription]

    @property
    def changes_something(self) -> bool:
        """Whether a yes would change anything about what its reader receives."""
        details = self.details
        if details.phone or details.postal or any(details.choices.values()):
            return bool(self.subscriptions)
        return any(
            row.state != Subscription.State.ACTIVE or row.language != self.sign_up.language
            for row in self.subscriptions
        )


@dataclass(frozen=True)
class Asked:
    """One formula that is asked for, in the reader's language; what it is about, by name."""

    title: str
    summary: str
    choices: Sequence[str]


@dataclass(frozen=True)
class Contacts:
    """What was typed besides, as much as its owner needs to recognise it."""

    phone_ending: str = ""
    postal_country: str = ""


def wish_of(sign_up: SignUp) -> Wish:
    """What one sent form asks for."""
    return Wish(sign_up, Details.from_json(sign_up.details), subscriptions_of(sign_up))


def pending_wishes(*, supporter_id: int, now: datetime) -> list[Wish]:
    """What a yes of this supporter's mailbox would still change, the oldest first."""
    sent = SignUp.objects.filter(
        supporter=supporter_id, confirmed_at=None, requested_at__gt=now - UNCONFIRMED_LIFETIME
    )
    wishes = [wish_of(sign_up) for sign_up in sent.order_by("pk")]
    return [wish for wish in wishes if wish.changes_something]


def subscriptions_of(sign_up: SignUp) -> list[Subscription]:
    """What a sign-up asks for, without what the reader has stopped since."""
    details = Details.from_json(sign_up.details)
    found = (
        Subscription.objects.select_related("formula")
        .filter(supporter=sign_up.supporter_id, formula__in=details.formulas)
        .order_by("formula__position", "formula")
    )
    return [row for row in found if row.ended_at is None or row.ended_at < sign_up.requested_at]


def asked_for(wishes: Iterable[Wish], *, language: str, now: datetime) -> list[Asked]:
    """The formulas of these wishes, each once, with what was chosen for them last.

    Names are those that may be shown at that moment; `language` is the active one.
    """
    found: dict[int, tuple[Formula, Details]] = {}
    for wish in wishes:
        for subscription in wish.subscriptions:
            found[subscription.formula_id] = (subscription.formula, wish.details)
    ordered = sorted(found.values(), key=lambda pair: (pair[0].position, pair[0].pk))
    return [
        Asked(
            title=label_in(formula.title, language),
            summary=label_in(formula.description, language),
            choices=chosen_labels(formula, details, now=now),
        )
        for formula, details in ordered
    ]


def chosen_labels(formula: Formula, details: Details, *, now: datetime) -> list[str]:
    """What was chosen for a formula, in the active language, as far as it is still on offer."""
    labels: list[str] = []
    for kind in choices.every_kind():
        chosen = details.choices.get(kind.code, ())
        if chosen and formula.choosing(kind.code) != Formula.Choosing.NONE:
            labels += [option.label for option in kind.options(now) if option.code in chosen]
    return labels


def contacts_in(wishes: Iterable[Wish], *, language: str) -> Contacts:
    """The last phone number and postal address among these wishes, barely recognisable."""
    phone, country = "", ""
    for wish in wishes:
        phone = wish.details.phone or phone
        country = wish.details.postal.country if wish.details.postal else country
    return Contacts(
        phone_ending=phone[-DIGITS_SHOWN:],
        postal_country=country_name(country, language) if country else "",
    )
