"""Where data about supporters lives, and what becomes of each field: the one list of it.

Each app declares its models when it is ready. Export, erasure and retention work from this list
alone, and a test compares it with the models: a new field is declared, or the suite is red.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model, Q


@dataclass(frozen=True)
class Subject:
    """Somebody whose data is looked for."""

    supporter_id: int
    mailbox: str
    """The keyed hash of the mailbox (`campaigns.mailboxes`)."""
    addresses: frozenset[str]
    """Every spelling of the e-mail address that is known, in lower case."""


@dataclass(frozen=True)
class WithRow:
    """The field goes when its row is deleted, and the row is deleted."""


@dataclass(frozen=True)
class Blank:
    """The row stays, for its figures; the field then holds `value`."""

    value: Any = ""


@dataclass(frozen=True)
class Keep:
    """How long a row keeps its personal data, in a sentence and as a query.

    `after` None: until the person asks. Otherwise what is due at `now` are the rows where
    `since` is older than `after` and `where` holds; they are treated as in an erasure.
    """

    policy: str
    after: timedelta | None = None
    since: str = ""
    where: Q = field(default_factory=Q)

    def due(self, *, now: datetime) -> Q | None:
        """The rows that have been kept long enough, or None where time changes nothing."""
        if self.after is None:
            return None
        return Q(**{f"{self.since}__lt": now - self.after}) & self.where


@dataclass(frozen=True)
class Held:
    """The rules of one field with personal data.

    `export` is its name in what a person downloads; "" keeps it out, and then `withheld` says why.
    """

    export: str
    erase: WithRow | Blank
    keep: Keep
    withheld: str = ""


@dataclass(frozen=True)
class Holding:
    """One model with data about supporters.

    `rows_of(subject)` finds the rows about somebody. `fields` are the personal ones; `plain`
    the others, of which `explained` go along in an export because they give the rest its sense.
    """

    model: type[Model]
    title: str
    rows_of: Callable[[Subject], Q]
    fields: Mapping[str, Held]
    plain: frozenset[str]
    explained: tuple[str, ...] = ()

    @property
    def deletes_rows(self) -> bool:
        """Whether an erasure deletes the rows; else it blanks the personal fields."""
        return any(isinstance(held.erase, WithRow) for held in self.fields.values())

    @property
    def blanks(self) -> dict[str, Any]:
        """What the personal fields hold after an erasure, where the rows stay."""
        return {
            name: held.erase.value
            for name, held in self.fields.items()
            if isinstance(held.erase, Blank)
        }

    @property
    def keeps(self) -> set[Keep]:
        """The retention rules of the fields; one rule per row, so there is one."""
        return {held.keep for held in self.fields.values()}


_holdings: dict[str, Holding] = {}
_without_supporters: dict[str, str] = {}


def declare(holding: Holding) -> None:
    """Say what a model holds about supporters. Called from an app's `ready()`.

    Raises ValueError for a declaration that contradicts itself.
    """
    if holding.fields.keys() & holding.plain:
        raise ValueError(f"{holding.model.__name__}: a field is personal or it is not.")
    if not set(holding.explained) <= holding.plain:
        raise ValueError(f"{holding.model.__name__}: only plain fields explain others.")
    if len({type(held.erase) for held in holding.fields.values()}) > 1:
        raise ValueError(f"{holding.model.__name__}: its rows stay or they go.")
    if len(holding.keeps) > 1:
        raise ValueError(f"{holding.model.__name__}: a row is kept for one length of time.")
    for name, held in holding.fields.items():
        if bool(held.export) == bool(held.withheld):
            raise ValueError(f"{holding.model.__name__}.{name}: exported, or withheld and why.")
    _holdings[holding.model._meta.label] = holding


def declare_without_supporters(why: str, *labels: str) -> None:
    """Say that models (`app.Model`, or `app` for all of one) hold nothing about supporters."""
    for label in labels:
        _without_supporters[label.lower()] = why


def holdings() -> list[Holding]:
    """Every declared model, those that stand on others first: the order in which to erase."""
    order = {config.label: number for number, config in enumerate(apps.get_app_configs())}
    return sorted(
        _holdings.values(),
        key=lambda holding: (order[holding.model._meta.app_label], holding.model._meta.label),
    )


def why_without_supporters(model: type[Model]) -> str:
    """Why a model holds nothing about supporters, or "" where nobody has said so."""
    label = model._meta.label_lower
    return _without_supporters.get(label) or _without_supporters.get(label.partition(".")[0], "")


def undeclared_fields() -> list[str]:
    """`app.Model.field` for each field that no declaration names, and each that is gone."""
    problems = []
    for model in apps.get_models(include_auto_created=True):
        holding = _holdings.get(model._meta.label)
        if holding is None:
            if not why_without_supporters(model):
                problems.append(model._meta.label)
            continue
        actual = {
            found.name for found in model._meta.get_fields() if getattr(found, "concrete", False)
        }
        declared = holding.fields.keys() | holding.plain
        problems += [f"{model._meta.label}.{name}" for name in sorted(actual ^ declared)]
    return problems
