"""The writing desk: what somebody finds there who wants to write for an open urgent action."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as chained

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.db.models.enums import TextChoices
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case, Office, WriterRules
from campaigns.cases.selectors import Address, mission_address, office_address
from campaigns.localized import label_in, language_name

from .composing import Letter
from .links import code_of_action
from .model_letters import filled
from .models import IssueTarget, ModelLetter, PostalSuspension, UrgentAction, UrgentActionIssue
from .selectors import CONTENT, READERS_COUNTRY, Deadline, deadline

Role = IssueTarget.Role
# The key of the embassy among addressees; the others' is the number of their office.
EMBASSY = "embassy"


class Start(TextChoices):
    """What a letter begins from."""

    MODEL = "model", _("the model letter")
    DEMANDS = "demands", _("what we ask for, one by one")
    EMPTY = "empty", _("an empty page")


@dataclass(frozen=True)
class Addressee:
    """Somebody to write to, addressed in one language. `office` is None: the embassy."""

    key: str
    role: str
    office: Office | None
    address: Address
    # In the page's language, for the list to choose from.
    title: str
    # Codes of the languages they read, best first.
    reads: tuple[str, ...]
    suspension: PostalSuspension | None


@dataclass(frozen=True)
class Desk:
    """All there is to write with. `language` is the page's."""

    action: UrgentAction
    case: Case
    issue: UrgentActionIssue
    deadline: Deadline
    language: str
    code: str
    addressees: tuple[Addressee, ...]
    rules: WriterRules | None
    letters: tuple[ModelLetter, ...]

    def addressee(self, key: str | None) -> Addressee:
        """The one with that key, or the first."""
        return next((each for each in self.addressees if each.key == key), self.addressees[0])

    @property
    def embassy(self) -> Addressee | None:
        """To whom the copy for information goes."""
        return next((each for each in self.addressees if each.key == EMBASSY), None)

    def languages(self, addressee: Addressee) -> tuple[str, ...]:
        """The codes of the languages to write in: theirs with a letter, one's own, all others."""
        with_letter = [letter.language for letter in self._letters_to(addressee)]
        best = [code for code in addressee.reads if code in with_letter]
        site = [code for code, _name in settings.LANGUAGES]
        every = chained(best, [self.language], with_letter, addressee.reads, site)
        return tuple(dict.fromkeys(every))

    def model_letter(self, addressee: Addressee, language: str) -> ModelLetter | None:
        """The approved letter in that language to that kind of addressee, or to the first kind."""
        found = [each for each in self._letters_to(addressee) if each.language == language]
        return found[0] if found else None

    def _letters_to(self, addressee: Addressee) -> list[ModelLetter]:
        own = [letter for letter in self.letters if letter.target_kind == addressee.role]
        return own + [
            letter
            for letter in self.letters
            if letter.target_kind == Role.PRIMARY and letter not in own
        ]


def desk(action: UrgentAction, *, now: datetime, language: str) -> Desk | None:
    """The desk of an action read through `links.action_of`; None where nobody may write (any more).

    That is also where none of the addressees can be reached.
    """
    case = action.case
    until = deadline(action, now=now)
    issue = UrgentActionIssue.objects.filter(pk=getattr(action, "issue_id", None)).first()
    if issue is None or not until.is_open or not case.is_public(at=now):
        return None
    prefetch_related_objects([issue], *CONTENT, "targets__office__country")
    addressees = _addressees(issue, case, now=now, language=language)
    if not addressees:
        return None
    return Desk(
        action=action,
        case=case,
        issue=issue,
        deadline=until,
        language=language,
        code=code_of_action(action.number, action.year),
        addressees=addressees,
        rules=next(iter(case.writer_rules.all()), None),
        letters=tuple(letter for letter in issue.letters.all() if letter.approved_at is not None),
    )


def _addressees(
    issue: UrgentActionIssue, case: Case, *, now: datetime, language: str
) -> tuple[Addressee, ...]:
    today = timezone.localdate(now)
    targets = list(issue.targets.all())
    offices = [target.office for target in targets if target.office is not None]
    suspensions = _suspensions([office.country_id for office in offices], now=now)
    found = []
    for target in targets:
        office = target.office
        if office is not None and office.is_usable:
            found.append(
                Addressee(
                    key=str(office.pk),
                    role=target.role,
                    office=office,
                    address=office_address(office, on=today, language=language),
                    title=label_in(office.title, language),
                    reads=_codes(office.languages) or _codes(issue.languages_wanted),
                    suspension=suspensions.get(office.country_id),
                )
            )
    if any(target.role == Role.EMBASSY for target in targets):
        address = embassy_of(case, language=language)
        if address is not None:
            found.append(
                Addressee(
                    key=EMBASSY,
                    role=Role.EMBASSY,
                    office=None,
                    address=address,
                    title=address.title.text,
                    reads=(language,),
                    suspension=None,
                )
            )
    return tuple(found)


def embassy_of(case: Case, *, language: str) -> Address | None:
    """The embassy in the reader's country, addressed in a language; None where nobody is there."""
    there = mission_address(
        sending_country_id=case.country_id, accredited_in=READERS_COUNTRY, language=language
    )
    return there.address if there is not None else None


def _codes(codes: str) -> tuple[str, ...]:
    return tuple(filter(None, (code.strip() for code in codes.split(","))))


def _suspensions(country_ids: Sequence[int], *, now: datetime) -> dict[int, PostalSuspension]:
    today = timezone.localdate(now)
    rows = PostalSuspension.objects.filter(country__in=country_ids, since__lte=today)
    return {row.country_id: row for row in rows if row.is_on(today)}


def starting_letter(
    desk: Desk, addressee: Addressee, *, language: str, start: str, now: datetime
) -> Letter:
    """What stands on the page before anybody has typed, in the language of the letter."""
    salutation, closing = _forms_of_address(desk, addressee, language=language, now=now)
    body = ""
    model = desk.model_letter(addressee, language)
    if start == Start.MODEL and model is not None:
        salutation = words_of(desk, model, model.salutation) or salutation
        closing = words_of(desk, model, model.closing) or closing
        body = words_of(desk, model, model.text).strip()
    elif start != Start.EMPTY:
        body = _from_demands(desk, language)
    return Letter(
        language=language,
        subject=subject_of(desk.case, language),
        salutation=salutation,
        body=body,
        closing=closing,
    )


def words_of(desk: Desk, model: ModelLetter, text: str) -> str:
    """Words of a model letter, with the names and the number that they leave open."""
    return filled(text, case=desk.case, number=str(desk.action), language=model.language)


def _forms_of_address(
    desk: Desk, addressee: Addressee, *, language: str, now: datetime
) -> tuple[str, str]:
    """Salutation and closing in the letter's language; "" rather than in another one."""
    if addressee.office is not None:
        address = office_address(addressee.office, on=timezone.localdate(now), language=language)
    else:
        address = embassy_of(desk.case, language=language) or addressee.address
    return (
        "" if address.salutation.language else address.salutation.text,
        "" if address.closing.language else address.closing.text,
    )


def is_interface_language(language: str) -> bool:
    """Whether the site itself speaks it: then it has words of its own for letters in it."""
    return language in dict(settings.LANGUAGES)


def subject_of(case: Case, language: str) -> str:
    """The name of the person, as it may be shown today, with a word before it if we have one."""
    if not is_interface_language(language):
        return case.name
    with translation.override(language):
        return gettext("Concerning: %(name)s") % {"name": case.name}


def _from_demands(desk: Desk, language: str) -> str:
    """The demands, between a first and a last sentence; "" where the site has no words for it."""
    if not is_interface_language(language):
        return ""
    demands = [demand.text.get(language, "") for demand in desk.issue.demands.all()]
    with translation.override(language):
        first = gettext("I am writing to you about %(name)s. I ask you:") % {"name": desk.case.name}
        last = gettext("Thank you for reading this letter.")
    listed = "\n".join(f"– {demand}" for demand in demands if demand)
    return "\n\n".join(filter(None, (first if listed else "", listed, last if listed else "")))


def language_choices(desk: Desk, addressee: Addressee) -> list[tuple[str, str]]:
    """Code and name, in the page's language, of each language to write in."""
    return [
        (code, language_name(code, desk.language).capitalize())
        for code in desk.languages(addressee)
    ]


@dataclass(frozen=True)
class MonthlyLetter:
    """A letter of the month that people can write now; `code` is that of its desk."""

    code: str
    deadline: Deadline


def monthly_letters(
    actions: Iterable[UrgentAction], *, case: Case, now: datetime
) -> list[MonthlyLetter]:
    """Those of a case's actions, read through `with_latest_issue()`, that can be written now."""
    found = []
    for action in actions:
        action.case = case
        until = deadline(action, now=now)
        if action.kind == UrgentAction.Kind.MONTHLY and until.is_open:
            found.append(MonthlyLetter(code_of_action(action.number, action.year), until))
    return sorted(found, key=lambda letter: letter.deadline.days_left)
