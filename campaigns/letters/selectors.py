"""Reads about urgent actions, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.cases.models import Office
from campaigns.cases.selectors import Address, MissionAddress, mission_address, office_address
from campaigns.localized import Words, language_name, language_names, words_in

from .model_letters import filled
from .models import IssueTarget, ModelLetter, UrgentAction, UrgentActionIssue, end_of_day

Role = IssueTarget.Role
CONTENT = (
    "demands",
    "letters",
    Prefetch("targets", IssueTarget.objects.select_related("office")),
    "targets__office__holders",
)
# Copies go to the embassy accredited here, until a reader's own country is known.
READERS_COUNTRY = "BE"


@dataclass(frozen=True)
class Deadline:
    """Until when an urgent action can be acted on, and how much of that is left."""

    act_before: date | None
    is_open: bool
    days_left: int
    # The day on which acting ended, as far as it has; not that of a late outcome.
    ended_on: date | None = None


def deadline(action: UrgentAction, *, now: datetime) -> Deadline:
    """The deadline of an action read through `with_latest_issue()`, with its case joined in.

    Closed after the end of its day in Brussels, whoever has noticed yet; and with its case.
    """
    act_before: date | None = getattr(action, "act_before", None)
    is_issue_open = getattr(action, "issue_state", None) == UrgentActionIssue.State.OPEN
    if not is_issue_open or act_before is None or not action.case.takes_acts(at=now):
        ended_on: date | None = getattr(action, "ended_on", None)
        return Deadline(act_before=act_before, is_open=False, days_left=0, ended_on=ended_on)
    end = end_of_day(act_before)
    is_open = now <= end
    return Deadline(
        act_before=act_before,
        ended_on=None if is_open else act_before,
        is_open=is_open,
        days_left=max((act_before - now.astimezone(end.tzinfo).date()).days, 0),
    )


@dataclass(frozen=True)
class Letter:
    """A model letter as a page shows it, addressed and closed."""

    salutation: str
    text: str
    closing: str
    language: str
    language_name: str
    # Whether it is in another language than the page.
    is_foreign: bool


@dataclass(frozen=True)
class Target:
    """Somebody to write to, with the role as it is called on the page."""

    role: str
    address: Address
    role_words: str


@dataclass(frozen=True)
class IssueContent:
    """What an issue asks for: of whom, in which words, in which languages."""

    issue: UrgentActionIssue
    what_changed: Words
    words: Words
    demands: tuple[Words, ...]
    languages_wanted: tuple[str, ...]
    letters: tuple[Letter, ...]
    targets: tuple[Target, ...]
    embassy: MissionAddress | None


def content_of_action(
    action: UrgentAction,
    issues: Sequence[UrgentActionIssue],
    *,
    now: datetime,
    language: str | None = None,
) -> IssueContent | None:
    """What an action, with its `chain`, asks, or asked before it ended.

    The words on the end are the last issue's; what was asked is the last one's that asked.
    """
    if not issues:
        return None
    asking = [issue for issue in issues if issue.kind in UrgentActionIssue.ACTABLE]
    asked = (asking or issues)[-1]
    prefetch_related_objects([asked], *CONTENT)
    # Its letters name the case, which has been read already.
    asked.urgent_action = action
    return content(
        asked,
        ending=issues[-1],
        country_id=action.case.country_id,
        now=now,
        language=language,
    )


def with_content(issues: "QuerySet[UrgentActionIssue]") -> "QuerySet[UrgentActionIssue]":
    """With demands, letters, addressees and who holds their offices."""
    return issues.prefetch_related(*CONTENT)


def content(
    issue: UrgentActionIssue,
    *,
    country_id: int,
    now: datetime,
    language: str | None = None,
    ending: UrgentActionIssue | None = None,
) -> IssueContent:
    """What `issue`, read through `with_content`, asks for, in a reader's language."""
    wanted = language or get_language() or settings.LANGUAGE_CODE
    today = timezone.localdate(now)
    targets = tuple(
        Target(
            role=target.role,
            address=office_address(target.office, on=today, language=wanted),
            role_words=str(target.get_role_display()),
        )
        for target in issue.targets.all()
        if target.office is not None
    )
    wants_embassy = any(target.role == Role.EMBASSY for target in issue.targets.all())
    last = ending or issue
    return IssueContent(
        issue=last,
        what_changed=words_in(issue.what_changed, wanted),
        words=words_in(last.words, wanted),
        demands=tuple(words_in(demand.text, wanted) for demand in issue.demands.all()),
        languages_wanted=language_names(issue.languages_wanted, wanted),
        letters=_letters(issue, on=today, language=wanted),
        targets=targets,
        embassy=(
            mission_address(sending_country_id=country_id, accredited_in=READERS_COUNTRY)
            if wants_embassy
            else None
        ),
    )


def _letters(issue: UrgentActionIssue, *, on: date, language: str) -> tuple[Letter, ...]:
    """The approved letters to the addressee: the reader's language first, then the others."""
    approved = [
        letter
        for letter in issue.letters.all()
        if letter.approved_at is not None and letter.target_kind == Role.PRIMARY
    ]
    approved.sort(key=lambda letter: (letter.language != language, letter.language))
    primary = next(
        (target.office for target in issue.targets.all() if target.role == Role.PRIMARY), None
    )
    return tuple(
        _letter(letter, primary, action=issue.urgent_action, on=on, language=language)
        for letter in approved
    )


def _letter(
    letter: ModelLetter,
    office: Office | None,
    *,
    action: UrgentAction,
    on: date,
    language: str,
) -> Letter:
    salutation, closing = letter.salutation, letter.closing
    if office is not None:
        address = office_address(office, on=on, language=letter.language)
        # Another language's form of address in a letter would be worse than none.
        salutation = salutation or ("" if address.salutation.language else address.salutation.text)
        closing = closing or ("" if address.closing.language else address.closing.text)

    def words(text: str) -> str:
        return filled(text, case=action.case, number=str(action), language=letter.language)

    return Letter(
        salutation=words(salutation),
        text=words(letter.text),
        closing=words(closing),
        language=letter.language,
        language_name=language_name(letter.language, language),
        is_foreign=letter.language != language,
    )


def chain(action: UrgentAction) -> list[UrgentActionIssue]:
    """The issues that were sent out, oldest first."""
    return list(UrgentActionIssue.objects.issued().filter(urgent_action=action).order_by("ordinal"))
