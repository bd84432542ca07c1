"""Saying that a letter has left, taking that back, and noting that a way to write was opened."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from campaigns.cases.models import Office
from campaigns.mailboxes import keyed_hash
from campaigns.outbox.inserts import insert_once
from campaigns.supporters.models import Supporter

from .models import DEADLINE_ZONE, ChannelOpening, LetterAct, UrgentAction, UrgentActionIssue

UNDO_LIFETIME = timedelta(hours=24)
# Two presses of one client within a slice of this length are one.
SLICE = timedelta(seconds=10)
PURPOSE = "letter-act"


def asking_issue(action: UrgentAction) -> UrgentActionIssue | None:
    """The last issue that asked people to write, with its action: what is said counts for it.

    None where none has been sent out.
    """
    issues = UrgentActionIssue.objects.issued().filter(
        urgent_action=action, kind__in=UrgentActionIssue.ACTABLE
    )
    issue = issues.order_by("-ordinal").first()
    if issue is not None:
        issue.urgent_action = action
    return issue


def is_too_late(issue: UrgentActionIssue, *, now: datetime) -> bool:
    """Whether acting on it has ended, by its deadline or otherwise."""
    return (
        issue.state != UrgentActionIssue.State.OPEN
        or issue.is_past(at=now)
        or not issue.urgent_action.case.takes_acts(at=now)
    )


def declare_letter(
    *,
    issue: UrgentActionIssue,
    office: Office | None,
    channel: str,
    language: str,
    page_language: str,
    via: str,
    supporter: Supporter | None,
    source: str,
    press: str,
    now: datetime,
    earlier_press: str = "",
) -> LetterAct:
    """Write down that somebody says their letter has left. A second time changes nothing.

    After the end of acting it is kept, and counted apart. `press` tells one press from another;
    what `earlier_press` has declared counts as the same. The key is that of the act that stands.
    """
    if earlier_press:
        before = LetterAct.objects.filter(press=earlier_press).first()
        if before is not None:
            return before
    act = LetterAct(
        issue=issue,
        office=office,
        channel=channel,
        language=language,
        page_language=page_language,
        via=via,
        supporter=supporter,
        source=source,
        declared_at=now,
        is_late=is_too_late(issue, now=now),
        press=press,
    )
    insert_once(act, "press")
    return act


def press_of_supporter(
    *,
    supporter_id: int,
    issue: UrgentActionIssue,
    office_id: int | None,
    channel: str,
    now: datetime,
) -> str:
    """One a day: whoever presses on the page and again on another device has written once."""
    day = now.astimezone(DEADLINE_ZONE).date()
    return _press("supporter", supporter_id, issue.pk, office_id, channel, day)


def press_of_form(
    *, given: UUID, issue: UrgentActionIssue, office_id: int | None, channel: str
) -> str:
    """One for each form that was shown, and each way and addressee that were chosen in it."""
    return _press("form", given, issue.pk, office_id, channel)


def presses_of_client(
    *,
    client: str,
    agent: str,
    issue: UrgentActionIssue,
    office_id: int | None,
    channel: str,
    now: datetime,
) -> tuple[str, str]:
    """Where nothing else tells two presses apart: that of this slice of time, and of the last.

    `client` and `agent`, the browser's name for itself, go into the hash and nowhere else.
    """
    number = int(now.timestamp() // SLICE.total_seconds())
    this, last = (
        _press("client", client, agent, issue.pk, office_id, channel, each)
        for each in (number, number - 1)
    )
    return this, last


def _press(*parts: object) -> str:
    return keyed_hash(PURPOSE, "\x1f".join(map(str, parts)))


def undo_letter(*, act: LetterAct, now: datetime) -> None:
    """Take back what was declared, within a day. A second time changes nothing."""
    _take_back(
        LetterAct.objects.filter(pk=act.pk, declared_at__gt=now - UNDO_LIFETIME),
        now=now,
    )


def withdraw_letter(*, supporter_id: int, key: str, now: datetime) -> None:
    """Take back one act of the supporter, whenever. A key that is not theirs changes nothing."""
    own = LetterAct.objects.filter(supporter=supporter_id)
    if key in map(str, own.values_list("pk", flat=True)):
        _take_back(own.filter(pk=key), now=now)


def _take_back(acts: QuerySet[LetterAct], *, now: datetime) -> None:
    """It stays as a fact that was taken back. Its press is free: they may say it again."""
    acts.filter(undone_at=None).update(undone_at=now, press=own_key())


def own_key() -> Cast:
    """What the press of an act becomes that nobody may press again."""
    return Cast("pk", CharField(max_length=64))


def note_opening(
    *,
    issue: UrgentActionIssue,
    office: Office | None,
    channel: str,
    language: str,
    page_language: str,
    now: datetime,
) -> None:
    """Write down that somebody has opened a way to write. Who, nobody knows."""
    ChannelOpening.objects.create(
        issue=issue,
        office=office,
        channel=channel,
        language=language,
        page_language=page_language,
        opened_at=now,
    )
