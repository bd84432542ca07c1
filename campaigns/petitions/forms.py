"""What the public types to sign."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.supporters.countries import CountryField
from campaigns.supporters.fields import AddressField, AgeField, NameField, PageField
from campaigns.supporters.guards import GuardedForm
from campaigns.supporters.misspellings import AddressQuestionForm
from campaigns.supporters.services import Person

from .services import SignatureRequest


class SignForm(AddressQuestionForm, GuardedForm):
    """Name, country, age and address: what hand-over and confirmation need, and no more."""

    given_name = NameField(label=_("First name"), autocomplete="given-name")
    family_name = NameField(label=_("Last name"), autocomplete="family-name")
    email = AddressField(help_text=_("We send one mail to confirm. Nobody else gets this address."))
    country = CountryField(
        label=_("Country"),
        initial="BE",
        error_messages={
            "required": _("Please choose a country from the list."),
            "invalid_choice": _("Please choose a country from the list."),
        },
    )
    age = AgeField()
    page = PageField()

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "sign-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

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
        )
