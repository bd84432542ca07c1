"""The list of countries in the forms of the public."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .postal import HOME_COUNTRY

# Where most readers live comes first; the rest follows by name.
NEAR = ("BE", "FR", "NL", "DE", "LU", "CH", "AT", "GB")
# Regions and placeholders that CLDR lists among the territories.
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@cache
def country_choices(language: str) -> list[tuple[str, str]]:
    """ISO codes and names of all countries in `language`, nearby ones first (Unicode CLDR)."""
    names = {
        code: name
        for code, name in Locale.parse(language.replace("-", "_")).territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }
    near = [(code, names[code]) for code in NEAR]
    others = sorted(
        ((code, name) for code, name in names.items() if code not in NEAR),
        key=lambda choice: choice[1].casefold(),
    )
    return near + others


def choices_now() -> list[tuple[str, str]]:
    """The countries in the active language."""
    return country_choices(get_language() or settings.LANGUAGE_CODE)


class CountryField(forms.ChoiceField):
    """A country, by its ISO 3166-1 code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Country"))
        options.setdefault("initial", HOME_COUNTRY)
        please = _("Please choose a country from the list.")
        options.setdefault("error_messages", {"required": please, "invalid_choice": please})
        super().__init__(
            choices=choices_now, widget=CountrySelect({"autocomplete": "country"}), **options
        )

    def valid_value(self, value: Any) -> bool:
        # Django would compare with 250 choices one by one, for every signature.
        return value in _codes()


@cache
def _codes() -> frozenset[str]:
    """The codes are the same in every language."""
    return frozenset(code for code, _name in country_choices(settings.LANGUAGE_CODE))


@cache
def _options(language: str, selected: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (code, " selected" if code == selected else "", name)
            for code, name in country_choices(language)
        ),
    )


class CountrySelect(forms.Select):
    """A select whose 250 options are made once per language.

    Django renders a template per option: a third of the time of a page that holds the form.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html(
            "<select{}>{}</select>",
            format_html_join("", ' {}="{}"', attributes.items()),
            _options(get_language() or settings.LANGUAGE_CODE, value if value in _codes() else ""),
        )
