"""The demonstration’s letters: ways that were opened, letters that nobody in particular sent."""

from datetime import datetime, time, timedelta
from random import Random

from campaigns.letters.models import (
    DEADLINE_ZONE,
    Channel,
    ChannelOpening,
    IssueTarget,
    LetterAct,
    UrgentActionIssue,
)

# How often each is chosen, of a hundred.
CHANNELS = {
    Channel.MAIL_PROGRAM: 38,
    Channel.GMAIL: 18,
    Channel.OUTLOOK: 8,
    Channel.COPY: 10,
    Channel.POST: 22,
    Channel.PHONE: 2,
    Channel.FAX: 2,
}
LANGUAGES = {"fr": 48, "nl": 36, "de": 8, "en": 8}
# Of a hundred who opened a way to write, so many come back and say that the letter has left.
DECLARE_OF_100 = 34
OPENED_PER_DAY = 12
LONGEST_DAYS = 40


def build_letters(*, now: datetime) -> None:
    """For each issue that was sent out; only once."""
    if LetterAct.objects.exists():
        return
    issues = UrgentActionIssue.objects.issued().filter(kind__in=UrgentActionIssue.ACTABLE)
    for issue in issues.prefetch_related("targets__office"):
        _build_letters_of(issue, now=now)


def _build_letters_of(issue: UrgentActionIssue, *, now: datetime) -> None:
    offices = [
        target.office
        for target in issue.targets.all()
        if target.role == IssueTarget.Role.PRIMARY and target.office is not None
    ]
    if not offices or issue.issued_on is None:
        return
    chance = Random(str(issue.urgent_action))  # noqa: S311 - the same demonstration each time
    begins = datetime.combine(issue.issued_on, time(9), tzinfo=DEADLINE_ZONE)
    openings, acts = [], []
    for number in range(OPENED_PER_DAY * LONGEST_DAYS):
        # Most write in the first days.
        opened_at = begins + timedelta(days=chance.expovariate(1 / 6), hours=chance.uniform(0, 12))
        ends = issue.ended_on or issue.act_before
        if opened_at >= now or (ends is not None and opened_at.date() > ends):
            continue
        language = chance.choices([*LANGUAGES], [*LANGUAGES.values()])[0]
        opening = ChannelOpening(
            issue=issue,
            office=chance.choice(offices),
            channel=chance.choices([*CHANNELS], [*CHANNELS.values()])[0],
            language=language,
            page_language=language,
            opened_at=opened_at,
        )
        openings.append(opening)
        if chance.randrange(100) < DECLARE_OF_100:
            acts.append(
                LetterAct(
                    issue=issue,
                    office=opening.office,
                    channel=opening.channel,
                    language=language,
                    page_language=language,
                    via=LetterAct.Via.PAGE,
                    declared_at=min(opened_at + timedelta(minutes=chance.randrange(3, 40)), now),
                    press=f"demonstration-{issue.pk}-{number}",
                )
            )
    ChannelOpening.objects.bulk_create(openings)
    LetterAct.objects.bulk_create(acts)
