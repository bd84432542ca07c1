"""What somebody sees of themselves on their own page."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from ..choices import every_kind
from ..models import Consent, ContactPoint, Formula, Subscription
from ..own_page import Row, Section, every_section
from ..postal import PostalAddress


@dataclass(frozen=True)
class ConsentLine:
    """A line of the consent ledger in the reader's language, with the exact words agreed to."""

    title: str
    action: str
    channel: str
    method: str
    recorded_at: datetime
    wording: str
    language: str


@dataclass(frozen=True)
class FilledSection:
    """A section of an app above, with somebody's rows."""

    section: Section
    rows: Sequence[Row]


def phone_of(supporter_id: int) -> str:
    """The phone number in E.164, or ""."""
    point = ContactPoint.objects.filter(
        supporter=supporter_id, kind=ContactPoint.Kind.PHONE
    ).first()
    return point.value if point else ""


def postal_address_of(supporter_id: int) -> PostalAddress | None:
    """The postal address, where we know one."""
    point = ContactPoint.objects.filter(
        supporter=supporter_id, kind=ContactPoint.Kind.POSTAL
    ).first()
    return PostalAddress(**json.loads(point.value)) if point else None


def subscriptions_shown(supporter_id: int) -> list[Subscription]:
    """The formulas that run or wait for a confirmation, in the staff's order."""
    return list(
        Subscription.objects.filter(supporter=supporter_id)
        .exclude(state=Subscription.State.ENDED)
        .select_related("formula")
        .prefetch_related("choices")
        .order_by("formula__position", "formula")
    )


def formulas_to_add(shown: Iterable[Subscription]) -> list[Formula]:
    """The formulas on offer that do not run yet."""
    running = {row.formula_id for row in shown if row.state == Subscription.State.ACTIVE}
    return [formula for formula in Formula.objects.offered() if formula.pk not in running]


def chosen_labels(subscription: Subscription, *, now: datetime) -> list[str]:
    """What a subscription is about, in the reader's language, without codes that are gone."""
    chosen = {(row.kind, row.code) for row in subscription.choices.all()}
    if not chosen:
        return []
    return [
        option.label
        for kind in every_kind()
        if any(found == kind.code for found, _code in chosen)
        for option in kind.options(now)
        if (kind.code, option.code) in chosen
    ]


def filled_sections(supporter_id: int) -> list[FilledSection]:
    """What the apps above know."""
    return [FilledSection(section, section.rows(supporter_id)) for section in every_section()]


def consent_lines(supporter_id: int) -> list[ConsentLine]:
    """The whole ledger of one person, newest first."""
    rows = list(
        Consent.objects.filter(supporter=supporter_id)
        .select_related("wording")
        .order_by("-recorded_at", "-pk")
    )
    titles = _titles({row.about for row in rows})
    return [
        ConsentLine(
            title=titles.get(row.about, str(row.get_purpose_display())),
            action=row.get_action_display(),
            channel=row.get_channel_display(),
            method=row.get_method_display(),
            recorded_at=row.recorded_at,
            wording=row.wording.text if row.wording else "",
            language=row.wording.language if row.wording else "",
        )
        for row in rows
    ]


def _titles(abouts: Iterable[str]) -> Mapping[str, str]:
    """What `formula:newsletter` or `petition:ana` is called, for those that exist still."""
    by_kind: dict[str, list[str]] = {}
    for about in abouts:
        kind, _colon, reference = about.partition(":")
        by_kind.setdefault(kind, []).append(reference)
    titles = {
        f"formula:{formula.code}": str(formula)
        for formula in Formula.objects.filter(code__in=by_kind.get("formula", []))
    }
    for section in every_section():
        if section.titles and section.about in by_kind:
            found = section.titles(by_kind[section.about])
            titles |= {f"{section.about}:{key}": title for key, title in found.items()}
    return titles


@dataclass(frozen=True)
class ReadableSection:
    """A section of an export: rows of titled words."""

    title: str
    rows: Sequence[Sequence[tuple[str, str]]]


def readable(export: Mapping[str, Any]) -> list[ReadableSection]:
    """An export (`services.exporting`) as a page shows it: what is empty is left out."""
    return [
        ReadableSection(
            section["title"],
            [
                [
                    (section["fields"][name], in_words(value))
                    for name, value in row.items()
                    if value not in (None, "", [], {})
                ]
                for row in section["rows"]
            ],
        )
        for section in export["sections"]
    ]


def in_words(value: Any) -> str:
    """A value of an export in the reader's language."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return ", ".join(in_words(part) for part in value.values() if part not in (None, "", []))
    if isinstance(value, list):
        return ", ".join(in_words(part) for part in value)
    return str(value)
