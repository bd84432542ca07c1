"""All that is held about one person, for that person."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from campaigns.personal_data import Holding, holdings

from ..models import Supporter
from ..selectors.holdings import rows_about, subject_of


def export_supporter(*, supporter: Supporter, now: datetime) -> dict[str, Any]:
    """What we hold about somebody, fit for JSON, titled in the active language.

    {"made_at": …, "sections": [{"name": "supporters.Supporter", "title": "You",
    "fields": {"email": "E-mail address"}, "rows": [{"email": "ana@example.org"}]}]}

    Rows have the keys of `fields`, which gives each its title. Values are text, numbers, true,
    false, null, lists, or an object of those (a postal address); dates are ISO 8601. Sections
    without rows are there too, and say that nothing is held.
    """
    subject = subject_of(supporter)
    return {
        "made_at": now.isoformat(),
        "sections": [
            _section(holding, list(rows_about(holding, subject).order_by("pk")))
            for holding in reversed(holdings())
        ],
    }


def _section(holding: Holding, rows: list[Model]) -> dict[str, Any]:
    told: dict[str, tuple[str, Callable[[Any], Any] | None]] = {
        held.export: (name, held.read) for name, held in holding.fields.items() if held.export
    }
    told |= {name: (name, None) for name in holding.explained}
    return {
        "name": holding.model._meta.label,
        "title": str(holding.title),
        "fields": {export: _title(holding.model, name) for export, (name, _) in told.items()},
        "rows": [
            {export: _value(row, name, read) for export, (name, read) in told.items()}
            for row in rows
        ],
    }


def _title(model: type[Model], name: str) -> str:
    title = str(getattr(model._meta.get_field(name), "verbose_name", name))
    return title[:1].upper() + title[1:]


def _value(row: Model, name: str, read: Callable[[Any], Any] | None) -> Any:
    value = getattr(row, name)
    if value in (None, ""):
        return value
    if read is not None:
        return read(value)
    display = getattr(row, f"get_{name}_display", None)
    return str(display()) if display else _plain(value)


def _plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool | int | list | dict):
        return value
    return str(value)
