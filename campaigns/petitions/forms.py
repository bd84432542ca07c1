"""What the public types to sign."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.fields import AddressField, NameField
from campaigns.supporters.services import Person

from .services import SignatureRequest

# Where most readers live comes first; the rest follows by name.
NEAR_COUNTRIES = ("BE", "FR", "NL", "DE", "LU", "CH", "AT", "GB")


@cache
def country_choices(language: str) -> list[tuple[str, str]]:
    """ISO codes and names of all countries in `language`, nearby ones first (Unicode CLDR)."""
    names = {
        code: name
        for code, name in Locale.parse(language.replace("-", "_")).territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    }
    near = [(code, names[code]) for code in NEAR_COUNTRIES]
    others = sorted(
        ((code, name) for code, name in names.items() if code not in NEAR_COUNTRIES),
        key=lambda choice: choice[1].casefold(),
    )
    return near + others


class SignForm(forms.Form):
    """Name, country and address: what the hand-over and the confirmation need, and no more."""

    given_name = NameField(label=_("First name"), autocomplete="given-name")
    family_name = NameField(label=_("Last name"), autocomplete="family-name")
    email = AddressField(
        help_text=_("We send one mail to confirm. Nobody else gets this address.")
    )
    country = forms.ChoiceField(
        label=_("Country"),
        initial="BE",
        widget=forms.Select({"autocomplete": "country"}),
        error_messages={"invalid_choice": _("Please choose a country from the list.")},
    )
    page = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "sign-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.fields["country"].choices = country_choices(get_language() or "fr")

    def signature_request(self) -> SignatureRequest:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return SignatureRequest(
            person=Person(
                email=data["email"],
                given_name=data["given_name"],
                family_name=data["family_name"],
            ),
            country=data["country"],
        )
