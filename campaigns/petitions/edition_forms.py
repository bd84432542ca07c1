"""What campaigners fill in for an edition of the letter marathon."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

FIRST_YEAR, LAST_YEAR = 2000, 2100


class EditionForm(WagtailAdminModelForm):
    """An edition with its cases. Says beside each field what is wrong with it."""

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Give the year in four digits: it is part of the addresses of the marathon.")
            )
        return year

    def clean(self) -> Any:
        data = super().clean()
        opens_at, closes_at = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("An edition closes after it has opened."))
        return data

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if not self.is_bound:
            return is_valid
        return not self._repeated() and is_valid

    def _repeated(self) -> bool:
        """Whether a petition stands in the list twice; the second says so."""
        seen: set[int] = set()
        is_repeated = False
        for entry in self.formsets["entries"].forms:
            data = getattr(entry, "cleaned_data", {})
            # What the formset itself refused as repeated has lost its petition by now.
            petition = data.get("petition") or getattr(entry.instance, "petition", None)
            if petition is None or data.get("DELETE"):
                continue
            if petition.pk in seen:
                is_repeated = True
                if "petition" not in entry.errors:
                    entry.add_error("petition", _("This petition is in the list already."))
            seen.add(petition.pk)
        return is_repeated
