"""Audiences, mailings in any state, and people by the thousand."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from campaigns.mailboxes import mailbox_key
from campaigns.mailings import services
from campaigns.mailings.models import Audience, Mailing, MailingContent
from campaigns.mailings.sending_site import send_from_here
from campaigns.supporters.models import Formula, Subscription, Supporter

from .facts import make_formula

_numbers = count(1)
LANGUAGES = ("fr", "nl", "de", "en")
HTML = (
    "<html><body><p>{greeting}</p><p>Noor waits for a letter.</p>"
    '<a href="{sign_link}">Sign</a> <a href="{stop_link}">Stop these mails</a></body></html>'
)
TEXT = "{greeting}\n\nNoor waits for a letter.\n\n{sign_link}\n\nStop: {stop_link}\n"


def make_audience(**fields: Any) -> Audience:
    formula = fields.pop("formula", None) or make_formula()
    return Audience.objects.create(
        **{"title": f"Readers {next(_numbers)}", "formula": formula, **fields}
    )


def make_readers(
    formula: Formula, number: int, *, now: datetime | None = None, **fields: Any
) -> list[Supporter]:
    """So many confirmed subscribers, in the languages of the site by turns, or in `language`."""
    now = now or timezone.now()
    language = fields.pop("language", None)
    first = next(_numbers)
    people = Supporter.objects.bulk_create(
        [
            Supporter(
                email=(email := f"reader-{first}-{place}@example.org"),
                email_canonical=email,
                mailbox=mailbox_key(email),
                given_name=fields.get("given_name", "Mila"),
                language=language or LANGUAGES[place % 4],
                created_at=now,
                confirmed_at=now,
                **{name: value for name, value in fields.items() if name != "given_name"},
            )
            for place in range(number)
        ],
        batch_size=5000,
    )
    Subscription.objects.bulk_create(
        [
            Subscription(
                supporter=person,
                formula=formula,
                language=person.language,
                state=Subscription.State.ACTIVE,
                requested_at=now,
                confirmed_at=now,
            )
            for person in people
        ],
        batch_size=5000,
    )
    return people


def make_mailing(*, languages: tuple[str, ...] = LANGUAGES, **fields: Any) -> Mailing:
    """An approved mailing with frozen words in these languages, and a site that may send."""
    send_from_here(now=timezone.now())
    mailing = Mailing.objects.create(
        **{
            "title": f"Mailing {next(_numbers)}",
            "kind": Formula.Content.URGENT_ACTION,
            "audience": fields.pop("audience", None) or make_audience(),
            "state": Mailing.State.APPROVED,
            **fields,
        }
    )
    for language in languages:
        MailingContent.objects.create(
            mailing=mailing,
            language=language,
            page_id=1,
            subject=f"A letter for Noor ({language})",
            html=HTML,
            text=TEXT,
            size=len(HTML),
            frozen_at=timezone.now(),
        )
    return mailing


def prepare(mailing: Mailing, *, now: datetime | None = None) -> Mailing:
    """Scheduled and prepared as the workers do it."""
    now = now or timezone.now()
    services.send_mailing(mailing=mailing, by=None, now=now)
    services.prepare_what_is_due(until=now + services.UNDO_WINDOW)
    mailing.refresh_from_db()
    return mailing


def start(mailing: Mailing, *, now: datetime | None = None) -> Mailing:
    """Prepared, and the time to undo is over."""
    prepare(mailing, now=now)
    assert mailing.leaves_at is not None, mailing.problem
    services.begin_sending(mailing=mailing, now=mailing.leaves_at)
    mailing.refresh_from_db()
    return mailing
