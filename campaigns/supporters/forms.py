"""What the public types to receive mails."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .fields import AddressField, NameField, PageField
from .models import Formula
from .services import Person


@dataclass(frozen=True)
class SignUp:
    """A sign-up as the services take it."""

    person: Person
    formulas: tuple[Formula, ...]
    language: str


class FormulasField(forms.ModelMultipleChoiceField):
    """Some formulas by their keys."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            # A forged key of thirty digits: SQLite cannot even look for it.
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from error


class SignUpForm(forms.Form):
    """Formula, language, name and address; nothing is ticked beforehand."""

    formulas = FormulasField(
        label=_("What would you like to receive?"),
        queryset=Formula.objects.offered(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick at least one."),
            "invalid_choice": _("This choice is not on offer any more. Please choose again."),
            "invalid_pk_value": _("This choice is not on offer any more. Please choose again."),
        },
    )
    given_name = NameField(label=_("First name"), autocomplete="given-name", required=False)
    email = AddressField()
    language = forms.ChoiceField(
        label=_("Language of the mails"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": _("Please choose one of the languages in the list."),
            "invalid_choice": _("Please choose one of the languages in the list."),
        },
    )
    page = PageField()

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "sign-up-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    def sign_up(self) -> SignUp:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return SignUp(
            person=Person(email=data["email"], given_name=data["given_name"]),
            formulas=tuple(data["formulas"]),
            language=data["language"],
        )
