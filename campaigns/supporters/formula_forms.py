"""What staff type to edit a formula, checked beside the field that is wrong."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .models import DIGITAL_AGE, Formula

# The public says whether it is under 13, under 18 or older, and gives no date of birth: other
# ages could not be told apart.
FULL_AGE = 18
AGES: list[tuple[int, str | Promise]] = [
    (DIGITAL_AGE, _("13: everybody who may act alone")),
    (FULL_AGE, _("18: adults")),
]


class FormulaForm(WagtailAdminModelForm):
    """A formula whose channels can be used: no SMS without a number to send it to."""

    minimum_age = forms.TypedChoiceField(
        label=_("Minimum age"),
        choices=AGES,
        coerce=int,
        initial=DIGITAL_AGE,
        help_text=_("We ask nobody for a date of birth, so these two can be told apart."),
    )

    def clean_channels(self) -> list[str]:
        channels = list(self.cleaned_data["channels"])
        if not channels:
            raise forms.ValidationError(_("Please tick at least one."), code="required")
        return channels

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        channels = data.get("channels", [])
        if Formula.Channel.SMS in channels and not data.get("needs_phone"):
            self.add_error(
                "needs_phone",
                forms.ValidationError(
                    _("Tick this too: an SMS needs a phone number."), code="needs_phone"
                ),
            )
        if Formula.Channel.POST in channels and not data.get("needs_postal_address"):
            self.add_error(
                "needs_postal_address",
                forms.ValidationError(
                    _("Tick this too: post needs a postal address."), code="needs_postal_address"
                ),
            )
        return data
