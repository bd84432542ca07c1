"""Whom an audience finds, and who of them is left out: one question for counting and preparing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.cases.models import Case as PersonsCase
from campaigns.outbox.models import Suppression
from campaigns.petitions.models import Signature
from campaigns.supporters.models import DIGITAL_AGE, Formula, Subscription, SubscriptionChoice
from campaigns.supporters.selectors import CAP_WINDOW

from .models import Audience, Delivery, Mailing

Reason = Delivery.Reason
Scope = Suppression.Scope
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Occasion:
    """What of a mailing decides who gets it. `languages` are those that have words."""

    languages: tuple[str, ...]
    falls_back: bool = True
    case_id: int | None = None
    petition_id: int | None = None
    # Reaches everybody, whatever they have had this month.
    is_stop: bool = False
    # The mailing's own rows count for nothing.
    mailing_id: Any = None


def language_chain(language: str, *, available: Collection[str], falls_back: bool) -> str:
    """In which language a reader of `language` gets a mail that exists in `available`; "": none."""
    chain = [language, *(settings.MAIL_FALLBACKS.get(language, []) if falls_back else [])]
    return next((code for code in chain if code in available), "")


def candidates(
    audience: Audience, occasion: Occasion, *, now: datetime
) -> "QuerySet[Subscription]":
    """The subscriptions that an audience finds, with `content_language` and `reason` (""), for
    whoever is left out. A supporter occurs once."""
    found: Any = Subscription.objects.filter(
        formula=audience.formula_id, state=Subscription.State.ACTIVE
    )
    if audience.languages:
        found = found.filter(language__in=audience.languages)
    if audience.country_codes:
        found = found.filter(supporter__country__in=audience.country_codes)
    if audience.joined_since:
        found = found.filter(supporter__created_at__date__gte=audience.joined_since)
    if audience.theme is not None:
        found = found.filter(pk__in=_chose("theme", [audience.theme.code]))
    if audience.case is not None:
        found = found.filter(pk__in=_chose("case", [audience.case.reference]))
    acted = _acted(audience, occasion)
    if acted is not None:
        found = found.filter(acted)
    return found.annotate(content_language=_content_language(occasion)).annotate(
        reason=_reason(audience, occasion, now=now)
    )


def _acted(audience: Audience, occasion: Occasion) -> Q | None:
    if audience.acted == Audience.Acted.ANY or occasion.case_id is None:
        return None
    signed = Signature.objects.filter(
        petition__case=occasion.case_id, supporter__isnull=False
    ).values("supporter")
    has = Q(supporter__in=signed)
    return has if audience.acted == Audience.Acted.HAS else ~has


def _content_language(occasion: Occasion) -> Any:
    chains = {
        code: language_chain(code, available=occasion.languages, falls_back=occasion.falls_back)
        for code in LANGUAGES
    }
    return Case(
        *(When(language=code, then=Value(got)) for code, got in chains.items()),
        default=Value(""),
        output_field=CharField(),
    )


def _reason(audience: Audience, occasion: Occasion, *, now: datetime) -> Any:
    """Why somebody is left out, the gravest reason first; "" for whoever gets the mail."""
    today = timezone.localdate(now)
    suppressed = Suppression.objects.filter(
        scope__in=[Scope.EVERYTHING, Scope.SUBSCRIBED], lifted_at=None
    ).values("mailbox")
    whens = [
        When(supporter__mailbox__in=suppressed, then=Value(Reason.SUPPRESSED)),
        When(supporter__paused_until__gt=today, then=Value(Reason.PAUSED)),
    ]
    if audience.formula.minimum_age > DIGITAL_AGE:
        whens.append(When(supporter__is_minor=True, then=Value(Reason.TOO_YOUNG)))
    others = _chose_otherwise(audience.formula, occasion)
    if others is not None:
        whens.append(When(others, then=Value(Reason.NOT_CHOSEN)))
    whens.append(When(content_language="", then=Value(Reason.NO_TRANSLATION)))
    if not occasion.is_stop:
        whens.append(When(_capped(occasion, now=now), then=Value(Reason.CAPPED)))
    return Case(*whens, default=Value(""), output_field=CharField())


def _chose(kind: str, codes: Sequence[str]) -> Any:
    return SubscriptionChoice.objects.filter(kind=kind, code__in=codes).values("subscription")


def _chose_otherwise(formula: Formula, occasion: Occasion) -> Q | None:
    """Whoever has chosen themes, countries or cases, and none of those of the mailing's case."""
    if occasion.case_id is None:
        return None
    case = PersonsCase.objects.select_related("country").get(pk=occasion.case_id)
    about = {
        "theme": list(case.themes.values_list("code", flat=True)),
        "country": [case.country.code],
        "case": [case.reference],
    }
    wanted = None
    for kind, codes in about.items():
        if formula.choosing(kind) == Formula.Choosing.NONE:
            continue
        has_chosen = SubscriptionChoice.objects.filter(kind=kind).values("subscription")
        otherwise = Q(pk__in=has_chosen) & ~Q(pk__in=_chose(kind, codes))
        wanted = otherwise if wanted is None else wanted | otherwise
    return wanted


def _capped(occasion: Occasion, *, now: datetime) -> Q:
    """Whoever has had, or is about to get, as many mails in thirty days as they want."""
    recent = list(recent_mailings(now=now).exclude(pk=occasion.mailing_id))
    counted = Delivery.objects.filter(
        mailing__in=recent, state__in=Delivery.COUNTED, supporter__isnull=False
    )
    if len(recent) < settings.MOST_MAILS_A_MONTH:
        # Nobody has had more mails than there were: only those who want fewer need counting.
        counted = counted.filter(supporter__most_mails_a_month__lte=len(recent))
    most = Coalesce(F("supporter__most_mails_a_month"), Value(settings.MOST_MAILS_A_MONTH))
    had_enough = (
        counted.values("supporter")
        .annotate(mails=Count("pk"))
        .filter(mails__gte=most)
        .values("supporter")
    )
    wants_none = Q(supporter__most_mails_a_month=0)
    if settings.MOST_MAILS_A_MONTH == 0:
        wants_none |= Q(supporter__most_mails_a_month=None)
    return wants_none | Q(supporter__in=had_enough)


def recent_mailings(*, now: datetime) -> "QuerySet[Mailing, Any]":
    """The numbers of the mailings that count towards what somebody has had in thirty days."""
    return (
        Mailing.objects.filter(prepared_at__gt=now - CAP_WINDOW)
        .exclude(state=Mailing.State.CANCELLED, started_at=None)
        .values_list("pk", flat=True)
    )


@dataclass(frozen=True)
class AudienceCount:
    """What an audience comes to. `by_language`: readers' language → content language → readers."""

    candidates: int
    recipients: int
    by_language: Mapping[str, Mapping[str, int]]
    excluded: Mapping[str, int]


def count_audience(audience: Audience, occasion: Occasion, *, now: datetime) -> AudienceCount:
    """How many, in which languages, and who is left out why. One question to the database."""
    found: Any = candidates(audience, occasion, now=now)
    rows = (
        found.values("language", "content_language", "reason")
        .annotate(people=Count("pk"))
        .order_by()
    )
    by_language: dict[str, dict[str, int]] = {}
    excluded: dict[str, int] = {}
    recipients = total = 0
    for row in rows:
        total += row["people"]
        if row["reason"]:
            excluded[row["reason"]] = excluded.get(row["reason"], 0) + row["people"]
            continue
        recipients += row["people"]
        of_language = by_language.setdefault(row["language"], {})
        content = row["content_language"]
        of_language[content] = of_language.get(content, 0) + row["people"]
    return AudienceCount(total, recipients, by_language, excluded)


def mails_since(supporter_id: int, *, since: datetime) -> int:
    """How many mails of mailings somebody has had since then, or is about to get."""
    mailings = Mailing.objects.filter(prepared_at__gt=since).exclude(
        state=Mailing.State.CANCELLED, started_at=None
    )
    return Delivery.objects.filter(
        supporter=supporter_id, mailing__in=mailings.values("pk"), state__in=Delivery.COUNTED
    ).count()
