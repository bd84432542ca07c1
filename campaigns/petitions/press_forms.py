"""What somebody we know is asked before they sign: next to nothing."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.countries import CountryField
from campaigns.supporters.fields import PageField
from campaigns.supporters.models import Supporter
from campaigns.supporters.names import masked_names

from .forms import SourceField
from .models import Petition
from .selectors import wording_of


class PressForm(forms.Form):
    """The country where it is not known, and whether the name may be handed over where any is."""

    country = CountryField()
    keeps_name = forms.BooleanField(label=_("Count me, but do not pass on my name"), required=False)
    page = PageField()
    source = SourceField()

    def __init__(
        self, *args: Any, petition: Petition, supporter: Supporter, **options: Any
    ) -> None:
        options.setdefault("auto_id", f"press-{petition.reference}-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.known_country = supporter.country
        if supporter.country:
            del self.fields["country"]
        if petition.handover == Petition.Handover.NUMBER:
            del self.fields["keeps_name"]

    @property
    def country_to_sign(self) -> str:
        """An ISO 3166-1 code; only after `is_valid()`."""
        return str(self.cleaned_data.get("country") or self.known_country)

    @property
    def passes_on_name(self) -> bool:
        """Whoever was not asked was told that no name is passed on; only after `is_valid()`."""
        return "keeps_name" in self.cleaned_data and not self.cleaned_data["keeps_name"]


def may_press(supporter: Supporter) -> bool:
    """Whether we know the name that a signature needs."""
    return bool(supporter.given_name and supporter.family_name)


def signing_as(supporter: Supporter) -> str:
    """Whom a device or mailed link knows, masked: `M··· D···`."""
    return masked_names(supporter)


def press_context(
    petition: Petition, supporter: Supporter, form: PressForm | None = None
) -> dict[str, Any]:
    """What `components/press_form.html` shows, in the active language; makes a blank form."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "petition": petition,
        "form": form or PressForm(petition=petition, supporter=supporter),
        "signing_as": signing_as(supporter),
        "wording": wording_of(petition, language, is_known=True).text,
        "press_address": reverse("petitions:press", args=[petition.reference]),
    }
