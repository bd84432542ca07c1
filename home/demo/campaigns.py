"""The demonstration's facts, as rows: cases with their events and consents, actions, offices."""

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale as BabelLocale
from django.conf import settings
from django.utils import timezone

from campaigns.cases.models import (
    Case,
    CaseConsent,
    CaseSubject,
    Country,
    DiplomaticMission,
    Office,
    OfficeHolder,
    SituationEvent,
    Theme,
    WriterRules,
)
from campaigns.letters.models import (
    Demand,
    IssueTarget,
    ModelLetter,
    UrgentAction,
    UrgentActionIssue,
)
from campaigns.mailboxes import canonical_address, keyed_hash, mailbox_key
from campaigns.petitions.models import Petition, Signature
from campaigns.supporters.models import Supporter
from home.users.models import User

from . import facts
from .policies import policy_of

FOLDER = Path(__file__).parent
Words = dict[str, Any]
# Two of the addresses have not been checked for long: the report on that has something to say.
CHECKED_DAYS_AGO = 40
NOT_CHECKED_FOR_DAYS = 230
LONG_UNCHECKED = {"xm-governor-coast", "xo-director-police"}

WAYS = ("email", "phone", "sms", "fax", "social")


@cache
def read_words(name: str) -> Words:
    """One file of words."""
    return tomllib.loads((FOLDER / "words" / f"{name}.toml").read_text(encoding="utf-8"))


def build_campaigns(*, now: datetime) -> None:
    """Every fact that is missing; existing ones are left as they are, but for past deadlines."""
    today = timezone.localdate(now)
    _build_countries()
    _build_themes()
    _build_offices(today)
    _build_missions(today)
    for fact in facts.CASES:
        _build_case(fact, now)
    for key, action in facts.URGENT_ACTIONS.items():
        _build_urgent_action(key, action, now)


def _build_countries() -> None:
    names = dict(facts.INVENTED_COUNTRIES)
    for code in facts.REAL_COUNTRIES:
        names[code] = {
            language: BabelLocale.parse(language).territories[code]
            for language, _name in settings.LANGUAGES
        }
    for code, name in names.items():
        Country.objects.get_or_create(code=code, defaults={"name": name})


def _build_themes() -> None:
    for code, name in read_words("themes").items():
        if code != "cases":
            Theme.objects.get_or_create(code=code, defaults={"name": name})


def _checked_on(reference: str, today: date) -> date:
    days = NOT_CHECKED_FOR_DAYS if reference in LONG_UNCHECKED else CHECKED_DAYS_AGO
    return today - timedelta(days=days)


def _dead_since(words: Words, today: date) -> date | None:
    days = words.get("email_dead_for_days")
    return None if days is None else today - timedelta(days=days)


def _build_offices(today: date) -> None:
    for reference, words in read_words("offices").items():
        office, created = Office.objects.get_or_create(
            reference=reference,
            defaults={
                "country": Country.objects.get(code=words["country"]),
                "kind": words["kind"],
                "title": words["title"],
                "salutation": words.get("salutation", {}),
                "closing": words.get("closing", {}),
                "postal_lines": words.get("postal_lines", "").strip(),
                **{name: words.get(name, "") for name in WAYS},
                "email_dead_since": _dead_since(words, today),
                "languages": words.get("languages", ""),
                "verified_on": _checked_on(reference, today),
            },
        )
        if created:
            for holder in words.get("holders", []):
                OfficeHolder.objects.create(office=office, **holder)


def _build_missions(today: date) -> None:
    missions = read_words("missions")
    for key in sorted(missions, key=lambda key: "fallback_mission" in missions[key]):
        words = dict(missions[key])
        country = Country.objects.get(code=words.pop("sending_country"))
        accredited_in = words.pop("accredited_in")
        other = missions.get(words.pop("fallback_mission", ""))
        if other:
            words["fallback_mission"] = DiplomaticMission.objects.get(
                sending_country__code=other["sending_country"],
                accredited_in=other["accredited_in"],
            )
        if "postal_lines" in words:
            words["postal_lines"] = words["postal_lines"].strip()
        DiplomaticMission.objects.get_or_create(
            sending_country=country,
            accredited_in=accredited_in,
            defaults={**words, "verified_on": _checked_on(key, today)},
        )


def _build_case(fact: facts.DemoCase, now: datetime) -> None:
    case, _created = Case.objects.get_or_create(
        reference=fact.reference,
        defaults={
            "full_name": fact.full_name,
            "brief_name": fact.brief_name,
            "alias": read_words("aliases")[fact.reference],
            "subject": fact.subject,
            "country": Country.objects.get(code=fact.country),
            "state": fact.state,
            "is_historical": fact.is_historical,
            "closing_reason": fact.closing_reason,
            "closing_text": read_words("closings").get(fact.reference, {}),
            "closed_on": fact.closed_on,
        },
    )
    if not case.subjects.exists():
        for subject in read_words("subjects").get(fact.reference, []):
            CaseSubject.objects.create(case=case, **subject)
    if not case.themes.exists():
        codes = read_words("themes")["cases"].get(fact.reference, [])
        case.themes.set(Theme.objects.filter(code__in=codes))
    if not case.consents.exists():
        _consent(case, fact, timezone.localdate(now))
    if not case.situation_events.exists():
        for event in read_words("events").get(fact.reference, []):
            SituationEvent.objects.create(case=case, **event)
    if not case.writer_rules.exists() and not fact.is_historical:
        WriterRules.objects.create(
            case=case,
            may_mention_us=fact.reference != "ilka",
            own_address=(
                WriterRules.OwnAddress.PLACE
                if fact.country == "XS"
                else WriterRules.OwnAddress.FULL
            ),
        )
    if fact.signatures is not None:
        words = read_words("petitions").get(fact.reference, {})
        petition, created = Petition.objects.get_or_create(
            reference=fact.reference,
            defaults={
                "case": case,
                "goal": fact.goal,
                **policy_of(fact.reference, words, now=now),
            },
        )
        if created:
            _sign(petition, fact.signatures, now)


def _consent(case: Case, fact: facts.DemoCase, today: date) -> None:
    review_by = None if fact.review_in_days is None else today + timedelta(days=fact.review_in_days)
    CaseConsent.objects.bulk_create(
        CaseConsent(
            case=case,
            scope=scope,
            given_by=fact.given_by,
            given_on=fact.given_on,
            review_by=review_by,
        )
        for scope in fact.scopes
    )


def _sign(petition: Petition, count: int, now: datetime) -> None:
    """Signatures of invented people over the weeks before `now`: `count` confirmed, some not yet.

    More of them lately, from several countries and sources, so that figures have something to say.
    """
    in_all = count + count // facts.UNCONFIRMED_ONE_IN
    people = [
        Supporter(
            email=f"signer-{number}@example.org",
            email_canonical=canonical_address(f"signer-{number}@example.org"),
            mailbox=mailbox_key(f"signer-{number}@example.org"),
            given_name=facts.GIVEN_NAMES[number % len(facts.GIVEN_NAMES)],
            family_name=facts.FAMILY_NAMES[number % len(facts.FAMILY_NAMES)],
            language=settings.LANGUAGES[number % len(settings.LANGUAGES)][0],
            created_at=now,
            confirmed_at=now,
        )
        for number in range(in_all)
    ]
    Supporter.objects.bulk_create(people, ignore_conflicts=True)
    signers = Supporter.objects.filter(
        email_canonical__in=[person.email_canonical for person in people]
    )
    Signature.objects.bulk_create(
        [
            _signature(petition, signer, number, in_all, count, now)
            for number, signer in enumerate(signers.order_by("pk"))
        ],
        ignore_conflicts=True,
    )


def _signature(
    petition: Petition, signer: Supporter, number: int, in_all: int, confirmed: int, now: datetime
) -> Signature:
    """The `number`th latest of `in_all`; those without a confirmation are among all others."""
    signed_at = now - facts.SIGNED_OVER * (number / in_all) ** 1.7 - timedelta(minutes=1)
    # As many up to this one as there should be of so many.
    is_confirmed = (number + 1) * confirmed // in_all > number * confirmed // in_all
    is_recent = now - signed_at < timedelta(days=29)
    network = keyed_hash("network", f"demo {number * 7 % 43}")[:16]
    return Signature(
        petition=petition,
        supporter=signer,
        given_name=signer.given_name,
        family_name=signer.family_name,
        country=facts.SIGNED_FROM[number * 3 % len(facts.SIGNED_FROM)],
        language=signer.language,
        source=facts.SOURCES[number % len(facts.SOURCES)],
        network=network if is_recent else "",
        signed_at=signed_at,
        confirmed_at=signed_at + timedelta(seconds=50) if is_confirmed else None,
        passes_on_name=number % 13 != 0,
    )


def _build_urgent_action(key: str, fact: facts.DemoUrgentAction, now: datetime) -> None:
    action, _created = UrgentAction.objects.get_or_create(
        number=fact.number,
        year=fact.year,
        defaults={
            "kind": fact.kind,
            "case": Case.objects.get(reference=fact.case),
            "external_index": fact.external_index,
        },
    )
    words = read_words("letters").get(key, {})
    previous = None
    for ordinal, issue in enumerate(fact.issues, start=1):
        previous = _build_issue(action, ordinal, issue, words.get(str(ordinal), {}), previous, now)
    if fact.open_for_days is not None and previous is not None:
        _renew(previous, fact.open_for_days, now)


def _build_issue(
    action: UrgentAction,
    ordinal: int,
    fact: facts.DemoIssue,
    words: Words,
    previous: UrgentActionIssue | None,
    now: datetime,
) -> UrgentActionIssue:
    author, reviewer = (User.objects.get(username=name) for name in ("campaigner", "moderator"))
    if previous is not None and previous.state == facts.State.OPEN:
        # An older demonstration knew fewer issues; the next one ends what it left open.
        previous.state = facts.State.SUPERSEDED
        previous.ended_on = fact.issued_on
        previous.save()
    issue, _created = UrgentActionIssue.objects.get_or_create(
        urgent_action=action,
        ordinal=ordinal,
        defaults={
            "kind": fact.kind,
            "state": fact.state,
            "issued_on": fact.issued_on,
            "ended_on": fact.ended_on,
            # An open issue without a day gets one when it is renewed, in the same transaction.
            "act_before": fact.act_before
            or (fact.issued_on if fact.state == facts.State.OPEN else None),
            "previous": previous,
            "what_changed": words.get("what_changed", {}),
            "words": words.get("words", {}),
            "languages_wanted": words.get("languages_wanted", ""),
            "stop_reason": (
                UrgentActionIssue.StopReason.GOOD_NEWS if fact.kind == facts.Kind.STOP else ""
            ),
            "author": author,
            "reviewer": reviewer,
        },
    )
    if not issue.targets.exists():
        _fill_issue(issue, words, reviewer, now)
    return issue


def _fill_issue(issue: UrgentActionIssue, words: Words, reviewer: User, now: datetime) -> None:
    for position, target in enumerate(words.get("targets", [])):
        office = Office.objects.get(reference=target["office"]) if "office" in target else None
        IssueTarget.objects.create(
            issue=issue, role=target["role"], office=office, position=position
        )
    for position, demand in enumerate(words.get("demands", [])):
        Demand.objects.create(issue=issue, text=demand, position=position)
    for language, letter in words.get("letters", {}).items():
        ModelLetter.objects.create(
            issue=issue,
            language=language,
            text=letter["text"].strip(),
            approved_by=reviewer,
            approved_at=now,
        )


def _renew(issue: UrgentActionIssue, days: int, now: datetime) -> None:
    """A demonstration with nothing left to do shows nothing: move a past deadline on."""
    if issue.state not in {facts.State.OPEN, facts.State.EXPIRED} or not issue.is_past(at=now):
        return
    issue.act_before = timezone.localdate(now) + timedelta(days=days)
    issue.state = facts.State.OPEN
    issue.ended_on = None
    issue.save()
