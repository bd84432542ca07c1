"""What the public types to sign."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.source_codes import clean_source
from campaigns.supporters.countries import CountryField
from campaigns.supporters.fields import AddressField, AgeField, NameField, PageField
from campaigns.supporters.guards import GuardedForm
from campaigns.supporters.misspellings import AddressQuestionForm
from campaigns.supporters.services import Person

from .models import Petition
from .services import SignatureRequest


class SourceField(forms.CharField):
    """The code of the link that led here: a note, so a wrong one is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, **options)

    def clean(self, value: Any) -> str:
        return clean_source(str(value or ""))


class SignForm(AddressQuestionForm, GuardedForm):
    """Name, country, age and address: what hand-over and confirmation need, and no more."""

    given_name = NameField(label=_("First name"), autocomplete="given-name")
    family_name = NameField(label=_("Last name"), autocomplete="family-name")
    email = AddressField(help_text=_("We send one mail to confirm. Nobody else gets this address."))
    country = CountryField()
    age = AgeField()
    keeps_name = forms.BooleanField(label=_("Count me, but do not pass on my name"), required=False)
    page = PageField()
    source = SourceField()

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "sign-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    def follow(self, petition: Petition) -> Self:
        """Ask nothing about names where nothing but the number is handed over."""
        if petition.handover == Petition.Handover.NUMBER:
            self.fields.pop("keeps_name", None)
        return self

    def signature_request(self) -> SignatureRequest:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return SignatureRequest(
            person=Person(
                email=data["email"],
                given_name=data["given_name"],
                family_name=data["family_name"],
                is_minor=data["age"].is_minor,
            ),
            country=data["country"],
            # Whoever was not asked was told that no name is passed on.
            passes_on_name="keeps_name" in data and not data["keeps_name"],
        )
