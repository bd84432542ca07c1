"""Who of a chunk still gets the mail, and with which words: read just before it is handed over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.outbox.bulk import Batch, Recipient
from campaigns.outbox.models import Suppression
from campaigns.supporters.models import Subscription

from . import words
from .links import LinkMaker
from .models import Chunk, Delivery, Mailing, MailingContent

Reason = Delivery.Reason
Scope = Suppression.Scope
# A value goes into HTML, plain text and headers as it is, at whatever provider.
_UNSAFE = re.compile(r"[^\w .'’\-]")
LONGEST_NAME = 40
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass
class Readers:
    """Those who get it, and those who are held back: reason → numbers of their deliveries."""

    recipients: list[Recipient] = field(default_factory=list)
    held_back: dict[str, list[int]] = field(default_factory=dict)


def read_chunk(
    chunk: Chunk, mailing: Mailing, content: MailingContent, *, now: datetime
) -> Readers:
    """The waiting readers of a chunk as they are at this moment. One query."""
    today = timezone.localdate(now)
    suppressed = Suppression.objects.filter(
        mailbox=OuterRef("supporter__mailbox"),
        scope__in=[Scope.EVERYTHING, Scope.SUBSCRIBED],
        lifted_at=None,
    )
    subscribed = Subscription.objects.filter(
        supporter=OuterRef("supporter"),
        formula=mailing.audience.formula_id,
        state=Subscription.State.ACTIVE,
    )
    rows = (
        Delivery.objects.filter(
            mailing=mailing.pk, chunk_number=chunk.number, state=Delivery.State.PENDING
        )
        .annotate(is_suppressed=Exists(suppressed), is_subscribed=Exists(subscribed))
        .order_by("pk")
        .values_list(
            "pk",
            "supporter",
            "supporter__email",
            "supporter__given_name",
            "supporter__paused_until",
            "is_suppressed",
            "is_subscribed",
        )
    )
    make = _maker(mailing, content)
    found = Readers()
    for number, supporter_id, email, given_name, paused_until, is_suppressed, is_subscribed in rows:
        if email is None:
            reason: str = Reason.ERASED
        elif is_suppressed:
            reason = Reason.SUPPRESSED
        elif not is_subscribed:
            reason = Reason.UNSUBSCRIBED
        elif paused_until is not None and paused_until > today:
            reason = Reason.PAUSED
        else:
            found.recipients.append(make.recipient(number, supporter_id, email, given_name))
            continue
        found.held_back.setdefault(reason, []).append(number)
    return found


class _RecipientMaker:
    """Everything that is the same for all readers of one content is worked out once."""

    def __init__(self, mailing: Mailing, content: MailingContent) -> None:
        said = content.subject + content.preheader + content.html + content.text
        used = frozenset(words.PLACEHOLDER.findall(said))
        self._wants_greeting = words.GREETING in used
        self._wants_name = bool(used & {*words.FOR_EDITORS})
        self._used = used
        self._links = LinkMaker(mailing, content.language, used)
        self._greetings = greetings(content.language)
        self._message_id = f"m{mailing.reference}.{{}}@{_mail_domain()}"

    def recipient(self, number: int, supporter_id: int, email: str, given_name: str) -> Recipient:
        links = self._links.links(supporter_id)
        headers = {
            "List-Unsubscribe": f"<{links[words.STOP_LINK]}>",
            # Stable over attempts, so that a mailbox can tell a repeated mail from a new one.
            "Message-ID": f"<{self._message_id.format(number)}>",
        }
        values = links
        if words.STOP_LINK not in self._used:
            del values[words.STOP_LINK]
        if self._wants_greeting or self._wants_name:
            name = safe_name(given_name)
            if self._wants_greeting:
                named, plain = self._greetings
                values[words.GREETING] = named.replace("{first_name}", name) if name else plain
            if self._wants_name:
                values["first_name"] = name
        return Recipient(number, email, values, headers)


@lru_cache(maxsize=32)
def _maker(mailing: Mailing, content: MailingContent) -> _RecipientMaker:
    return _RecipientMaker(mailing, content)


def safe_name(given_name: str) -> str:
    """A first name without anything that HTML, a header or a provider could read as its own."""
    if given_name.isalpha() and len(given_name) <= LONGEST_NAME:
        return given_name
    return " ".join(_UNSAFE.sub(" ", given_name).split())[:LONGEST_NAME].strip()


@cache
def greetings(language: str) -> tuple[str, str]:
    """How a mail begins: with a first name as `{first_name}`, and without one."""
    with translation.override(language):
        return _("Hello {first_name},"), _("Hello,")


def batch_of(
    mailing: Mailing, content: MailingContent, chunk: Chunk, readers: Sequence[Recipient]
) -> Batch:
    """What is handed over to the provider."""
    return Batch(
        subject=content.subject,
        html=content.html,
        text=content.text,
        recipients=readers,
        headers=headers_of(mailing, content),
        metadata={"mailing": mailing.reference, "chunk": str(chunk.number)},
        tag=f"mailing-{mailing.kind.lower()}",
        key=f"{mailing.reference}-{chunk.number}",
    )


def headers_of(mailing: Mailing, content: MailingContent) -> Mapping[str, str]:
    """The headers that are the same for all readers.

    List-Id: RFC 2919. List-Unsubscribe-Post: RFC 8058. Feedback-ID: Gmail's feedback loop, at
    most four fields, the last of which names the sender and never changes.
    """
    sender = slugify(settings.ORGANISATION_NAME).replace("-", "")[:15].ljust(5, "x")
    formula = mailing.audience.formula.code
    return {
        "List-Unsubscribe-Post": ONE_CLICK,
        "List-Id": f"<{formula}.{content.language}.{_mail_domain()}>",
        "Feedback-ID": f"{mailing.reference}:{mailing.kind.lower()}:{content.language}:{sender}",
        "Precedence": "bulk",
    }


def sample_values(language: str, *, first_name: str, link: str) -> dict[str, str]:
    """Values for a preview or a test mail: links that lead nowhere."""
    named, plain = greetings(language)
    name = safe_name(first_name)
    greeting = named.replace("{first_name}", name) if name else plain
    return {
        words.GREETING: greeting,
        "first_name": name,
        **dict.fromkeys(words.LINKS, link),
    }


def _mail_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
