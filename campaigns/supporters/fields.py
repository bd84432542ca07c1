"""Form fields that every form about a person shares."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .addresses import parse_address
from .names import parse_name


class NameField(forms.CharField):
    """A first or last name. Cleans to NFC without surprises (`names.parse_name`).

    Without `maxlength`: a browser would cut a pasted name in silence, where the form explains.
    """

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"autocomplete": autocomplete}))
        options.setdefault("error_messages", {"required": _("Please type your name.")})
        super().__init__(strip=True, **options)

    def to_python(self, value: Any) -> str:
        # Before Django's own validators, which would answer in a less helpful way.
        typed = super().to_python(value)
        return parse_name(typed) if typed else ""


class AddressField(forms.CharField):
    """An e-mail address, internationalised ones included. Cleans to the form we send to."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("E-mail address"))
        options.setdefault(
            "widget",
            # Not type=email: browsers refuse internationalised addresses in their own words.
            forms.TextInput({"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        )
        options.setdefault("error_messages", {"required": _("Please type your e-mail address.")})
        super().__init__(strip=True, **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return parse_address(typed) if typed else ""


class PageField(forms.IntegerField):
    """The page that carried the form: a note, not a right, so a wrong one is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, **options)

    def clean(self, value: Any) -> int | None:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None
