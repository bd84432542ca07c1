"""Where data about supporters lives, and what becomes of each field: the one list of it.

Each app declares its models when it is ready. Export, erasure and retention work from this list
alone, and a test compares it with the models: a new field is declared, or the suite is red.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise

A_HASH = "A keyed hash; it tells its reader nothing."


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
    """The row stays, for its figures; the field then holds `value` (a value or an expression)."""

    value: Any = ""


@dataclass(frozen=True)
class Stay:
    """The field stays after an erasure, because of what `why` says."""

    why: str


@dataclass(frozen=True)
class Keep:
    """How long a row keeps its personal data, in a sentence and as a query.

    `due(now)` finds the rows that have been kept long enough; they are treated as in an erasure.
    None: time changes nothing, they wait for the person to ask.
    """

    policy: str
    due: Callable[[datetime], Q] | None = None


@dataclass(frozen=True)
class Held:
    """The rules of one field with personal data.

    `export` is its name in what a person downloads; "" keeps it out, and then `withheld` says why.
    `read` makes something readable of the stored value.
    """

    export: str
    erase: WithRow | Blank | Stay
    keep: Keep
    withheld: str = ""
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Holding:
    """One model with data about supporters.

    `rows_of(subject)` finds the rows about somebody. `fields` are the personal ones; `plain`
    the others, of which `explained` go along in an export because they give the rest its sense.
    """

    model: type[Model]
    title: str | Promise
    rows_of: Callable[[Subject], Q]
    fields: Mapping[str, Held]
    plain: frozenset[str]
    explained: tuple[str, ...] = ()
    follow: Mapping[str, Any] = field(default_factory=dict)
    """What plain fields become when the personal ones are blanked: a mail due, cancelled."""
    gone: Keep | None = None
    """When the whole row is deleted, whatever is left of it."""

    @property
    def deletes_rows(self) -> bool:
        """Whether an erasure deletes the rows; else it blanks the personal fields."""
        return any(isinstance(held.erase, WithRow) for held in self.fields.values())

    @property
    def blanks(self) -> dict[str, Any]:
        """What the fields hold after an erasure, where the rows stay; empty: nothing changes."""
        blanks = {
            name: held.erase.value
            for name, held in self.fields.items()
            if isinstance(held.erase, Blank)
        }
        return {**blanks, **self.follow} if blanks else {}

    @property
    def keep(self) -> Keep | None:
        """The retention rule of the fields; a row is kept for one length of time."""
        return next((held.keep for held in self.fields.values()), None)


_holdings: dict[str, Holding] = {}
_without_supporters: dict[str, str] = {}


def declare(holding: Holding) -> None:
    """Say what a model holds about supporters. Called from an app's `ready()`.

    Raises ValueError for a declaration that contradicts itself.
    """
    name = holding.model.__name__
    if holding.fields.keys() & holding.plain:
        raise ValueError(f"{name}: a field is personal or it is not.")
    if not {*holding.explained, *holding.follow} <= holding.plain:
        raise ValueError(f"{name}: only plain fields explain or follow others.")
    if len({isinstance(held.erase, WithRow) for held in holding.fields.values()}) > 1:
        raise ValueError(f"{name}: its rows stay or they go.")
    if len({held.keep for held in holding.fields.values()}) > 1:
        raise ValueError(f"{name}: a row is kept for one length of time.")
    for field_name, held in holding.fields.items():
        if bool(held.export) == bool(held.withheld):
            raise ValueError(f"{name}.{field_name}: exported, or withheld and why.")
    _holdings[holding.model._meta.label] = holding
    holdings.cache_clear()


def declare_without_supporters(why: str, *labels: str) -> None:
    """Say that models (`app.Model`, or `app` for all of one) hold nothing about supporters."""
    for label in labels:
        _without_supporters[label.lower()] = why


@cache
def holdings() -> tuple[Holding, ...]:
    """Every declared model, those that stand on others first: the order in which to erase."""
    return tuple(
        sorted(
            _holdings.values(),
            key=lambda holding: (-_height(holding.model), holding.model._meta.label),
        )
    )


def _height(model: type[Model]) -> int:
    """How many declared models stand below this one, by its foreign keys."""
    declared = {holding.model for holding in _holdings.values()} - {model}
    below = [each for each in declared if _points_at(model, each)]
    return 1 + max((_height(each) for each in below), default=-1)


def _points_at(model: type[Model], other: type[Model]) -> bool:
    """Whether `model` has a foreign key to `other`."""
    return any(field.related_model is other for field in model._meta.concrete_fields)


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
