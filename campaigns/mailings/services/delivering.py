"""Handing a mailing over, chunk by chunk: claim, look again, say that the call begins, call,
account for every reader. Between two of these any process may die.

The claim, the mark "the call begins" and the outcome are transactions of their own. Whoever finds
a claim that has run out knows from the mark whether the provider can have been called.
"""

import logging
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.outbox import pace
from campaigns.outbox.bulk import (
    Answer,
    Carrier,
    Fate,
    Outcome,
    Provider,
    Recipient,
    Trouble,
    TroubleKind,
    current_provider,
)

from ..models import Chunk, Delivery, Mailing, MailingContent
from ..readers import batch_of, read_chunk
from .stopping import reasons_to_stop, stop_for

logger = logging.getLogger(__name__)

State = Chunk.State
Reason = Delivery.Reason
# Longer than a call can take, with the time that its answer takes to be written down.
LEASE = timedelta(seconds=settings.MAILING_LEASE_SECONDS)
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(minutes=20)
# Attempts that plainly reached nobody, in a row, before staff are asked.
MOST_ATTEMPTS = 30
SETTLE_AGAIN_AFTER = (1, 2, 4, 8)
MOST_DOUBTS = 5
# Of those that wait, so many are looked at for one that nobody else takes.
CHOICE = 16
PAUSING = {
    TroubleKind.ACCOUNT: Mailing.Problem.ACCOUNT,
    TroubleKind.QUOTA: Mailing.Problem.QUOTA,
}


@dataclass(frozen=True)
class Claim:
    """One chunk that is ours until `until`."""

    chunk: Chunk
    mailing: Mailing
    content: MailingContent
    until: datetime

    @property
    def mine(self) -> "QuerySet[Chunk]":
        """The row, as long as it is ours."""
        return Chunk.objects.filter(pk=self.chunk.pk, claim=self.chunk.claim)


def deliver_next(*, carrier: Carrier, now: datetime) -> bool:
    """Hand over one chunk of any mailing that is being sent. False where none waits."""
    claim = claim_next(now=now)
    if claim is None:
        return False
    readers = _look_again(claim, now=now)
    if not readers:
        return True
    readers = _as_many_as_may(claim, readers, most=carrier.provider.most, now=now)
    if not readers:
        return True
    batch = batch_of(claim.mailing, claim.content, claim.chunk, readers)
    digest = (
        batch.digest() if carrier.provider.key_lifetime and carrier.provider.takes_several else ""
    )
    if claim.chunk.doubts and digest != claim.chunk.digest:
        # Somebody has left since; with other bytes the key would be worth nothing.
        _hold(claim.mine, claim.chunk, Reason.NO_ANSWER, now=now)
        pace.give_back(len(readers))
        return True
    if not _begin(claim, digest, now=now):
        pace.give_back(len(readers))
        return True
    answer = carrier.hand_over(batch, until=claim.until - LEASE / 3)
    _settle_in_the_end(claim, readers, answer, provider=carrier.provider)
    return True


def _settle_in_the_end(
    claim: Claim, readers: Sequence[Recipient], answer: Answer, *, provider: Provider
) -> None:
    """An answer in hand is worth waiting for a database that is on its way up again."""
    for seconds in SETTLE_AGAIN_AFTER:
        try:
            settle(claim, readers, answer, provider=provider, now=timezone.now())
        except (OperationalError, InterfaceError) as error:
            logger.warning("Chunk %s: no database (%s)", claim.chunk.pk, type(error).__name__)
            connection.close_if_unusable_or_obsolete()
            time.sleep(seconds)
        else:
            return
    settle(claim, readers, answer, provider=provider, now=timezone.now())


def claim_next(*, now: datetime) -> Claim | None:
    """Take one waiting chunk, unless somebody else is faster, and then another."""
    waiting = Chunk.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        state=State.OPEN,
        mailing__state=Mailing.State.SENDING,
    )
    # A stop goes before all others, and what has a deadline before what has none.
    first = ("-mailing__is_stop", "-mailing__asks_to_act", "mailing__started_at", "number")
    choice = list(waiting.order_by(*first).values_list("pk", "mailing")[:CHOICE])
    # Workers that all began with the first one would mostly find it taken.
    ours = [pk for pk, mailing in choice if mailing == choice[0][1]]
    random.shuffle(ours)
    for pk in [*ours, *(pk for pk, mailing in choice if mailing != choice[0][1])]:
        token = uuid.uuid4()
        until = now + LEASE
        taken = Chunk.objects.filter(
            pk=pk, state=State.OPEN, mailing__state=Mailing.State.SENDING
        ).update(state=State.CLAIMED, claim=token, claimed_until=until, attempts=F("attempts") + 1)
        if taken:
            chunk = Chunk.objects.select_related("mailing__audience__formula").get(pk=pk)
            return Claim(chunk, chunk.mailing, content_of(chunk), until)
    return None


_contents: dict[tuple[uuid.UUID, str], MailingContent] = {}
MOST_CONTENTS = 32


def content_of(chunk: Chunk) -> MailingContent:
    """The frozen words of a chunk's language. They never change: a process remembers them."""
    key = (chunk.mailing_id, chunk.language)
    if key not in _contents:
        if len(_contents) >= MOST_CONTENTS:
            _contents.clear()
        _contents[key] = MailingContent.objects.get(
            mailing=chunk.mailing_id, language=chunk.language
        )
    return _contents[key]


def _look_again(claim: Claim, *, now: datetime) -> Sequence[Recipient]:
    """Whoever may still get it. What has changed since the preparation is written down."""
    reasons = reasons_to_stop(claim.mailing, now=now)
    if reasons:
        stop_for(mailing=claim.mailing, note=" ".join(reasons), now=now)
        return ()
    found = read_chunk(claim.chunk, claim.mailing, claim.content, now=now)
    if found.held_back:
        with transaction.atomic():
            if not claim.mine.filter(state=State.CLAIMED).select_for_update().exists():
                return ()
            for reason, numbers in found.held_back.items():
                # After an attempt of unknown outcome they may have got it all the same.
                state = (
                    Delivery.State.UNCERTAIN if claim.chunk.doubts else Delivery.State.SUPPRESSED
                )
                _rows(claim.chunk).filter(pk__in=numbers).update(state=state, reason=reason)
    if not found.recipients:
        claim.mine.update(state=State.DONE, ended_at=now, claim=None, claimed_until=None)
    return found.recipients


def _as_many_as_may(
    claim: Claim, readers: Sequence[Recipient], *, most: int, now: datetime
) -> Sequence[Recipient]:
    """As many as the account may send now, and as the provider takes; the others wait in a chunk
    of their own. It may be another provider than when the chunks were made."""
    wanted = min(len(readers), most)
    grant = pace.take(wanted, now=now)
    if grant.count == len(readers):
        return readers
    if grant.count == 0 or (claim.chunk.doubts and grant.count < wanted):
        pace.give_back(grant.count)
        _release(claim.mine, wait=grant.wait or FIRST_RETRY, now=now, was_tried=False)
        return ()
    with transaction.atomic():
        # In the same order as whoever cancels a mailing: first it, then its chunks.
        Mailing.objects.select_for_update(of=("self",)).get(pk=claim.mailing.pk)
        if not claim.mine.filter(state=State.CLAIMED).select_for_update().exists():
            return ()
        rest = [each.delivery_id for each in readers[grant.count :]]
        _move_to_new_chunk(claim.chunk, rest, not_before=now + timedelta(seconds=1))
    return readers[: grant.count]


def _begin(claim: Claim, digest: str, *, now: datetime) -> bool:
    """From here on the mails may have left. False where the claim is ours no longer."""
    return bool(
        claim.mine.filter(state=State.CLAIMED).update(
            state=State.SUBMITTED,
            first_submitted_at=Coalesce("first_submitted_at", now),
            digest=digest,
        )
    )


def settle(
    claim: Claim,
    readers: Sequence[Recipient],
    answer: Answer,
    *,
    provider: Provider,
    now: datetime,
) -> None:
    """Write down what became of each reader, if the chunk is still ours.

    Also where a sweeper has taken us for dead and holds it as uncertain: we know better.
    """
    with transaction.atomic():
        held = claim.mine.filter(state__in=[State.SUBMITTED, State.UNCERTAIN])
        chunk = held.select_for_update().first()
        if chunk is None:
            logger.warning("Chunk %s was taken over before its answer came", claim.chunk.pk)
            return
        _write_outcomes(chunk, readers, answer.outcomes, provider=provider)
        rest = readers[len(answer.outcomes) :]
        if answer.trouble is None and not rest and not _unknown(answer.outcomes, provider):
            _done(held, now=now)
        else:
            _follow_trouble(held, chunk, rest, answer, provider=provider, now=now)
    # By itself: all workers write this row, and none should wait for another's thousand.
    Mailing.objects.filter(pk=claim.mailing.pk).update(moved_at=now)
    pace.give_back(len(readers) - len(answer.outcomes))
    if answer.trouble is not None:
        _follow_account(claim.mailing, answer.trouble, now=now)


def _unknown(outcomes: Sequence[Outcome], provider: Provider) -> bool:
    """Whether some mails have to be asked for again with the same key."""
    return provider.key_lifetime is not None and any(each.fate is Fate.UNKNOWN for each in outcomes)


def _write_outcomes(
    chunk: Chunk,
    readers: Sequence[Recipient],
    outcomes: Sequence[Outcome],
    *,
    provider: Provider,
) -> None:
    accepted: dict[str, list[int]] = {}
    rejected: list[int] = []
    unknown: list[int] = []
    for reader, outcome in zip(readers, outcomes, strict=False):
        if outcome.fate is Fate.ACCEPTED:
            accepted.setdefault(outcome.provider_id, []).append(reader.delivery_id)
        elif outcome.fate is Fate.REJECTED:
            rejected.append(reader.delivery_id)
        elif provider.key_lifetime is None:
            unknown.append(reader.delivery_id)
    rows = Delivery.objects.filter(
        mailing=chunk.mailing_id,
        chunk_number=chunk.number,
        state__in=[Delivery.State.PENDING, Delivery.State.UNCERTAIN],
    )
    if rejected:
        rows.filter(pk__in=rejected).update(state=Delivery.State.REJECTED, reason=Reason.REFUSED)
    if unknown:
        rows.filter(pk__in=unknown).update(state=Delivery.State.UNCERTAIN, reason=Reason.NO_ANSWER)
    if len(accepted) == 1 and len(outcomes) == len(readers):
        # All that are left: the usual case costs one statement over the chunk's index.
        [provider_id] = accepted
        left = rows.exclude(pk__in=[*rejected, *unknown]) if rejected or unknown else rows
        if not _unknown(outcomes, provider):
            left.filter(state=Delivery.State.PENDING).update(**_accepted(provider_id))
            rows.filter(pk__in=accepted[provider_id]).exclude(state=Delivery.State.PENDING).update(
                **_accepted(provider_id)
            )
            return
    if len(accepted) <= 1:
        for provider_id, numbers in accepted.items():
            rows.filter(pk__in=numbers).update(**_accepted(provider_id))
        return
    names = {number: name for name, numbers in accepted.items() for number in numbers}
    changed = [
        Delivery(
            pk=number, state=Delivery.State.ACCEPTED, reason="", provider_message_id=name[:255]
        )
        for number, name in names.items()
    ]
    Delivery.objects.bulk_update(
        changed, ["state", "reason", "provider_message_id"], batch_size=500
    )


def _accepted(provider_id: str) -> dict[str, str]:
    return {
        "state": Delivery.State.ACCEPTED,
        "reason": "",
        "provider_message_id": provider_id[:255],
    }


def _follow_trouble(
    held: "QuerySet[Chunk]",
    chunk: Chunk,
    rest: Sequence[Recipient],
    answer: Answer,
    *,
    provider: Provider,
    now: datetime,
) -> None:
    trouble = answer.trouble
    if trouble is None:
        # Stopped for the time, or asked for again with the same key.
        if _unknown(answer.outcomes, provider):
            _doubt(held, chunk, provider=provider, note="unanswered", now=now)
        else:
            _release(held, wait=timedelta(0), now=now, was_tried=False)
    elif trouble.kind is TroubleKind.BAD_CONTENT:
        _halve(held, chunk, rest, now=now)
    elif trouble.kind is TroubleKind.UNKNOWN:
        if rest and answer.outcomes:
            # One each: the one in the middle is accounted for, the others were not tried.
            wait = _backoff(chunk.attempts)
            _release(held, wait=wait, now=now, note=trouble.note)
        elif rest or _unknown(answer.outcomes, provider):
            _doubt(held, chunk, provider=provider, note=trouble.note, now=now)
        else:
            _done(held, now=now)
    else:
        wait = max(trouble.wait, _backoff(chunk.attempts))
        if trouble.kind in PAUSING:
            wait = timedelta(0)  # Whoever resumes it wants to see it go on.
        _release(held, wait=wait, now=now, note=trouble.note)


def _follow_account(mailing: Mailing, trouble: Trouble, *, now: datetime) -> None:
    """What a provider's answer means for everything that is being sent."""
    from .life import pause_for  # Which knows the life cycle, and this.

    if trouble.kind is TroubleKind.SLOW_DOWN:
        pace.slow_down(wait=trouble.wait, now=now)
    elif trouble.kind in PAUSING:
        pause_for(mailing=mailing, problem=PAUSING[trouble.kind], note=trouble.note, now=now)


def _done(held: "QuerySet[Chunk]", *, now: datetime) -> None:
    held.update(state=State.DONE, ended_at=now, claimed_until=None, error="")


def _doubt(
    held: "QuerySet[Chunk]", chunk: Chunk, *, provider: Provider, note: str, now: datetime
) -> None:
    """The mails may have left. With a key we ask again; without one nobody asks twice."""
    key_is_good = (
        provider.key_lifetime is not None
        and chunk.first_submitted_at is not None
        and now < chunk.first_submitted_at + provider.key_lifetime
        and chunk.doubts < MOST_DOUBTS
    )
    if not key_is_good:
        _hold(held, chunk, Reason.NO_ANSWER, now=now, note=note)
        return
    held.update(
        state=State.OPEN,
        claim=None,
        claimed_until=None,
        doubts=F("doubts") + 1,
        not_before=now + FIRST_RETRY * (chunk.doubts + 1),
        error=note[:200],
    )


def _hold(
    held: "QuerySet[Chunk]", chunk: Chunk, reason: str, *, now: datetime, note: str = ""
) -> None:
    """Nobody knows whether they have left: wait for the provider's reports, then ask a person."""
    with transaction.atomic():
        if held.update(state=State.UNCERTAIN, ended_at=now, claimed_until=None, error=note[:200]):
            _rows(chunk).update(state=Delivery.State.UNCERTAIN, reason=reason)


def _release(
    held: "QuerySet[Chunk]",
    *,
    wait: timedelta,
    now: datetime,
    note: str = "",
    was_tried: bool = True,
) -> None:
    """Nothing of what is left in it has gone out: it waits again."""
    back = {} if was_tried else {"attempts": F("attempts") - 1}
    held.update(
        state=State.OPEN,
        claim=None,
        claimed_until=None,
        not_before=now + wait,
        error=note[:200],
        **back,
    )


def _halve(
    held: "QuerySet[Chunk]", chunk: Chunk, rest: Sequence[Recipient], *, now: datetime
) -> None:
    """Somewhere in it is what the provider refuses: two halves, until it stands alone."""
    numbers = [each.delivery_id for each in rest]
    if len(numbers) == 1:
        _rows(chunk).filter(pk__in=numbers).update(
            state=Delivery.State.REJECTED, reason=Reason.REFUSED
        )
    else:
        middle = len(numbers) // 2
        for half in (numbers[:middle], numbers[middle:]):
            _move_to_new_chunk(chunk, half, not_before=None)
    _done(held, now=now)


def _move_to_new_chunk(
    chunk: Chunk, numbers: Sequence[int], *, not_before: datetime | None
) -> Chunk:
    """Part of a chunk goes on as one of its own, with its own key. Inside a transaction."""
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=chunk.mailing_id)
    new = Chunk.objects.create(
        mailing=mailing,
        number=mailing.next_chunk,
        language=chunk.language,
        size=len(numbers),
        not_before=not_before,
    )
    Mailing.objects.filter(pk=mailing.pk).update(next_chunk=F("next_chunk") + 1)
    Delivery.objects.filter(mailing=mailing.pk, pk__in=numbers).update(chunk_number=new.number)
    Chunk.objects.filter(pk=chunk.pk).update(size=F("size") - len(numbers))
    return new


def _rows(chunk: Chunk) -> "QuerySet[Delivery]":
    """The readers of a chunk of whom nothing is known yet."""
    return Delivery.objects.filter(
        mailing=chunk.mailing_id, chunk_number=chunk.number, state=Delivery.State.PENDING
    )


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 10), LONGEST_RETRY)


def free_lost_claims(*, now: datetime) -> int:
    """Chunks whose worker has gone. Without a call they simply wait again; else see `_doubt`."""
    freed = 0
    provider = current_provider()
    for chunk in Chunk.objects.filter(
        state__in=[State.CLAIMED, State.SUBMITTED], claimed_until__lt=now
    ):
        held = Chunk.objects.filter(pk=chunk.pk, claim=chunk.claim, state=chunk.state)
        with transaction.atomic():
            if not held.select_for_update().exists():
                continue
            if chunk.state == State.CLAIMED:
                _release(held, wait=timedelta(0), now=now, note="worker lost", was_tried=False)
            else:
                _doubt(held, chunk, provider=provider, note="worker lost", now=now)
        freed += 1
    return freed


def is_all_handed_over(mailing: Mailing) -> bool:
    """Whether nothing of it waits or is under way."""
    return not Chunk.objects.filter(
        mailing=mailing.pk, state__in=[State.OPEN, State.CLAIMED, State.SUBMITTED]
    ).exists()


def has_worn_out(mailing: Mailing) -> bool:
    """Whether the provider has plainly taken nothing for so long that staff should look."""
    worst = Chunk.objects.filter(mailing=mailing.pk, state=State.OPEN).aggregate(
        most=Max("attempts")
    )["most"]
    return (worst or 0) >= MOST_ATTEMPTS
