"""Invented people for the supporter service to practise on: one of each kind that writes in."""

from datetime import datetime, timedelta
from functools import partial

from django.utils.text import slugify

from campaigns.mailboxes import canonical_address, mailbox_key
from campaigns.outbox.models import Suppression
from campaigns.supporters.models import Consent, Formula, Subscription, Supporter
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.services.consents import record_consent
from campaigns.supporters.services.people import keep_phone, keep_postal_address
from campaigns.supporters.services.subscriptions import keep_choices
from campaigns.supporters.wordings import subscription_wording

WEEK = timedelta(weeks=1)


def build_supporters(*, now: datetime) -> None:
    """Somebody content, somebody who pauses, somebody unconfirmed and a mailbox that is gone."""
    _build("ines.okaru@example.org", "Inès", "Okaru", "fr", ["urgent-actions", "newsletter"], now)
    wout = _build("wout.brandel@example.org", "Wout", "Brandel", "nl", ["adopt-a-person"], now)
    if wout is not None:
        address = PostalAddress(
            street="Inktstraat 12", box="3", postcode="2018", locality="Antwerpen", country="BE"
        )
        keep_postal_address(supporter_id=wout.pk, address=address, now=now)
        adoption = wout.subscriptions.select_related("formula").get()
        keep_choices(subscription=adoption, choices={"case": ["noor-hadesh"]})
        wout.paused_until = (now + 6 * WEEK).date()
        wout.save(update_fields=["paused_until"])
    greta = _build("greta.steinort@example.org", "Greta", "Steinort", "de", ["sms-alerts"], now)
    if greta is not None:
        # A number that is kept free for films.
        keep_phone(supporter_id=greta.pk, phone="+442079460123", now=now)
    _build("emre.yildar@example.org", "Emre", "Yildar", "en", ["urgent-actions"], now, False)
    lukas = _build("lukas.lemorne@example.org", "Lukas", "Lemorne", "fr", ["newsletter"], now)
    if lukas is not None:
        Suppression.objects.create(
            mailbox=lukas.mailbox,
            scope=Suppression.Scope.EVERYTHING,
            reason=Suppression.Reason.HARD_BOUNCE,
            since=now - WEEK,
        )


def build_reader(name: str, language: str, *, now: datetime) -> None:
    """Somebody of the urgent action network, of whom only a first name matters."""
    family_name = "Testlese"
    email = f"{slugify(name)}.{family_name.lower()}@example.org"
    _build(email, name, family_name, language, ["urgent-actions"], now)


def _build(
    email: str,
    given_name: str,
    family_name: str,
    language: str,
    formulas: list[str],
    now: datetime,
    is_confirmed: bool = True,
) -> Supporter | None:
    """A supporter with subscriptions and their consents; None if they are there already.

    Written down directly: going through the forms would fill the inbox with their mails.
    """
    asked_at = now - 5 * WEEK if is_confirmed else now - timedelta(days=4)
    confirmed_at = asked_at + timedelta(minutes=7) if is_confirmed else None
    supporter, created = Supporter.objects.get_or_create(
        email_canonical=canonical_address(email),
        defaults={
            "email": email,
            "mailbox": mailbox_key(email),
            "given_name": given_name,
            "family_name": family_name,
            "language": language,
            "country": "BE",
            "created_at": asked_at,
            "confirmed_at": confirmed_at,
        },
    )
    if not created:
        return None
    for formula in Formula.objects.filter(code__in=formulas):
        Subscription.objects.create(
            supporter=supporter,
            formula=formula,
            language=language,
            state=Subscription.State.ACTIVE if confirmed_at else Subscription.State.REQUESTED,
            requested_at=asked_at,
            confirmed_at=confirmed_at,
            reminded_at=now,
        )
        for channel in formula.channels:
            record = partial(
                record_consent,
                supporter_id=supporter.pk,
                purpose=Consent.Purpose.SUBSCRIPTION,
                channel=Consent.Channel(channel),
                about=f"formula:{formula.code}",
                language=language,
            )
            record(
                action=Consent.Action.GIVEN,
                method=Consent.Method.FORM,
                wording=subscription_wording(language),
                now=asked_at,
            )
            if confirmed_at:
                record(
                    action=Consent.Action.CONFIRMED,
                    method=Consent.Method.MAILED_LINK,
                    now=confirmed_at,
                )
    return supporter
