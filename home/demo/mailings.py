"""Mailings to look at: one that has gone out, one that waits for a second pair of eyes, a draft."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from campaigns.cases.models import Case
from campaigns.mailings import services
from campaigns.mailings.models import Audience, Mailing, ProofReader
from campaigns.supporters.models import Formula, Supporter
from home.models import CaseUpdatePage, NewsletterPage, UrgentActionPage
from home.users.models import User

from .supporters import build_reader

# Given names of readers in each language; the addresses lead nowhere.
READERS = {
    "fr": ["Aude", "Blaise", "Céleste", "Didier", "Élise", "Florent"],
    "nl": ["Anke", "Bram", "Dorien", "Gijs"],
    "de": ["Anselm", "Frauke", "Henrike"],
    "en": ["Alma", "Ruth"],
}
SENDING_TIME = timedelta(seconds=30)


def build_readers(*, now: datetime) -> None:
    """Some people of the urgent action network; two of them pause or want no more than nothing."""
    for language, names in READERS.items():
        for name in names:
            build_reader(name, language, now=now)
    pausing = Supporter.objects.filter(given_name="Didier", paused_until=None)
    pausing.update(paused_until=(now + timedelta(weeks=8)).date())
    Supporter.objects.filter(given_name="Gijs").update(most_mails_a_month=0)


@transaction.atomic
def build_audiences() -> None:
    """Three questions that staff would ask."""
    for title, code, acted, note in (
        ("Urgent action network", "urgent-actions", Audience.Acted.ANY, "Every urgent action."),
        (
            "Urgent action network, not signed yet",
            "urgent-actions",
            Audience.Acted.HAS_NOT,
            "A reminder before the deadline.",
        ),
        ("Newsletter", "newsletter", Audience.Acted.ANY, "Every newsletter."),
    ):
        Audience.objects.get_or_create(
            title=title,
            defaults={
                "formula": Formula.objects.get(code=code),
                "acted": acted,
                "note": note,
            },
        )
    ProofReader.objects.get_or_create(
        email="proofs@example.org", defaults={"name": "Proof reader", "language": "fr"}
    )


def build_mailings(*, now: datetime) -> None:
    """Outside of any transaction: the first one is really sent, to the local inbox."""
    if Mailing.objects.exists() or settings.EMAIL_BACKEND != settings.LOCAL_INBOX_BACKEND:
        return
    build_audiences()
    build_readers(now=now)
    author, approver = (User.objects.get(username=name) for name in ("campaigner", "moderator"))
    network = Audience.objects.get(title="Urgent action network")
    case = Case.objects.get(reference="noor-hadesh")
    action = UrgentActionPage.objects.filter(
        urgent_action__case=case, locale__language_code=settings.LANGUAGE_CODE
    ).first()
    if action is not None:
        sent = _draft("Noor Hadesh: urgent action", action, network, author)
        services.submit_mailing(mailing=sent, by=author, now=now)
        services.approve_mailing(mailing=sent, by=approver, now=now)
        services.send_mailing(mailing=sent, by=approver, now=now)
        services.prepare_what_is_due(until=now + SENDING_TIME)
        # Nobody is there who would undo it.
        Mailing.objects.filter(pk=sent.pk).update(leaves_at=now)
        services.work(until=now + SENDING_TIME)
    newsletter = NewsletterPage.objects.filter(
        locale__language_code=settings.LANGUAGE_CODE
    ).order_by("-pk")
    if newsletter:
        waiting = _draft(
            "Newsletter", newsletter[0], Audience.objects.get(title="Newsletter"), author
        )
        services.submit_mailing(mailing=waiting, by=author, now=now)
    update = CaseUpdatePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if update is not None:
        _draft("News of a case", update, network, author)


def _draft(title: str, page: object, audience: Audience, author: User) -> Mailing:
    return Mailing.objects.create(title=title, page=page, audience=audience, author=author)
