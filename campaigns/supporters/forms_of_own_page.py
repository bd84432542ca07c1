"""What people type to reach their own page, and to change what stands on it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .fields import AddressField, NameField
from .guards import GuardedForm
from .models import Formula
from .needs import MOBILE, PHONE, PHONES, POSTAL, Need, NeedsForm, needs_of
from .services.preferences import MOST_A_MONTH


class AccessForm(GuardedForm):
    """The address alone."""

    # Also one that is thrown away: whoever gave it to us can see and stop what we send there.
    email = AddressField(takes_disposable=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="access-%s", label_suffix="")


class LanguageField(forms.ChoiceField):
    """One of the site's languages."""

    def __init__(self, **options: Any) -> None:
        words = _("Please choose one of the languages in the list.")
        super().__init__(
            choices=settings.LANGUAGES,
            label=_("Language of the mails"),
            error_messages={"required": words, "invalid_choice": words},
            **options,
        )


class OwnForm(forms.Form):
    """One thing to change. `key` tells it from the others of the page."""

    def __init__(self, data: Any = None, *, key: str, **options: Any) -> None:
        super().__init__(data, auto_id=f"{key}-%s", label_suffix="", **options)
        self.key = key


class NamesForm(OwnForm):
    """How mails address somebody."""

    given_name = NameField(label=_("First name"), autocomplete="given-name", required=False)
    family_name = NameField(label=_("Last name"), autocomplete="family-name", required=False)


class LanguageForm(OwnForm):
    """The language of all mails."""

    language = LanguageField()


class AddressForm(OwnForm):
    """Another e-mail address."""

    email = AddressField(
        label=_("New e-mail address"),
        help_text=_("We write there first. Nothing changes before the button in that mail."),
    )


class PhoneForm(OwnForm, NeedsForm):
    """Another phone number: of a mobile phone where SMS go there."""

    def __init__(self, data: Any = None, *, is_mobile: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.ask_for([MOBILE if is_mobile else PHONE])


class PostalForm(OwnForm, NeedsForm):
    """Another postal address."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.ask_for([POSTAL])


class PauseForm(OwnForm):
    """Until when."""

    until = forms.DateField(
        label=_("No mails until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
        error_messages={
            "required": _("Please choose a day."),
            "invalid": _("Please type a day, such as 2027-03-31."),
        },
    )


class LimitForm(OwnForm):
    """How many mails at most."""

    most = forms.TypedChoiceField(
        label=_("At most so many mails a month"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("No limit")), *((n, str(n)) for n in range(1, MOST_A_MONTH + 1))],
        error_messages={"invalid_choice": _("Please choose a number from the list.")},
    )


class FormulaForm(OwnForm, NeedsForm):
    """The language of one formula, and what else it needs that is not known yet."""

    language = LanguageField()

    def __init__(
        self, data: Any = None, *, formula: Formula, known: frozenset[str], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.formula = formula
        self.ask_for(need for need in needs_of([formula]) if _is_open(need, known))


def _is_open(need: Need, known: frozenset[str]) -> bool:
    """Whether the form has to ask. `known` are kinds of contact points."""
    if need.code in PHONES:
        return "PHONE" not in known
    return need.code != POSTAL.code or "POSTAL" not in known
