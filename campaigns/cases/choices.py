"""What formulas let people choose among: themes, countries and cases."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from campaigns.supporters.choices import ChoiceKind, Option, register

from .models import Case, Theme


def themes(now: datetime) -> list[Option]:
    """Every theme, by its name in the reader's language."""
    return _by_label(Option(theme.code, str(theme)) for theme in Theme.objects.all())


def countries(now: datetime) -> list[Option]:
    """The countries in which somebody needs letters at that moment."""
    found = {case.country.code: case.country for case in _open_cases(now)}
    return _by_label(Option(code, str(country)) for code, country in found.items())


def cases(now: datetime) -> list[Option]:
    """The cases that the public may read about and act for, as they may be called that day."""
    return _by_label(Option(case.reference, _called(case)) for case in _open_cases(now))


def register_choices() -> None:
    """Offer them to formulas; called from `ready()`."""
    register(ChoiceKind("theme", _("Themes"), _("What you would like to act against."), themes))
    register(ChoiceKind("country", _("Countries"), _("Where people need letters now."), countries))
    register(
        ChoiceKind(
            "case",
            _("Who you would like to write for"),
            _("You keep writing for this person, month after month."),
            cases,
        )
    )


def _open_cases(now: datetime) -> list[Case]:
    rows = Case.objects.filter(state=Case.State.ACTIVE).select_related("country").with_exposure()
    return [case for case in rows if case.is_public(at=now) and case.takes_acts(at=now)]


def _called(case: Case) -> str:
    """The name with its country; where no name may be shown, the other words say where already."""
    return f"{case.name} ({case.country})" if case.shows_name else case.name


def _by_label(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda option: option.label.casefold())
