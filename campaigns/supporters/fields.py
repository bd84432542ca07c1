"""Form fields that every form about a person shares."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .addresses import parse_address, refuse_disposable
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
    """An e-mail address, internationalised ones included. Cleans to the form we send to.

    Refuses addresses that are thrown away, unless `takes_disposable`: whoever gave us one can
    still see and stop what we send there.
    """

    def __init__(self, *, takes_disposable: bool = False, **options: Any) -> None:
        self.takes_disposable = takes_disposable
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
        if not typed:
            return ""
        address = parse_address(typed)
        if not self.takes_disposable:
            refuse_disposable(address)
        return address


class Age(TextChoices):
    """As much of somebody's age as the rules for minors need."""

    ADULT = "ADULT", _("18 or older")
    MINOR_13_17 = "MINOR_13_17", _("13 to 17")
    UNDER_13 = "UNDER_13", _("under 13")

    @property
    def is_minor(self) -> bool:
        """Whether what they do is marked: they may act, and get no mails for adults."""
        return self is Age.MINOR_13_17


class AgeField(forms.TypedChoiceField):
    """How old somebody is. Cleans to an `Age`; where the question was not asked, to an adult."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Age"))
        options.setdefault("help_text", _("We only ask so that we can protect minors."))
        options.setdefault("initial", Age.ADULT)
        options.setdefault(
            "error_messages", {"invalid_choice": _("Please choose one of the ages in the list.")}
        )
        super().__init__(choices=Age.choices, coerce=Age, **options)

    def clean(self, value: Any) -> Age:
        return super().clean(value or Age.ADULT)


class PageField(forms.IntegerField):
    """The page that carried the form: a note, not a right, so a wrong one is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, **options)

    def clean(self, value: Any) -> int | None:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None
