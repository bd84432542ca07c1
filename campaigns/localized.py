"""Short labels in every language of the site, kept in the row of the fact that they name.

A country, a formula or an office is one row for the whole world; its label is a handful of words
per language. Those live in one JSON column, edited side by side, so that adding a language never
adds rows and reading a label never adds a query. Anything longer than a label belongs on a page.
"""

from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LONGEST_INPUT = 120


@dataclass(frozen=True)
class Words:
    """A label as it is shown, and its language where that is not the reader's."""

    text: str
    language: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


NO_WORDS = Words("")


def words_in(labels: dict[str, str] | None, language: str | None = None) -> Words:
    """The label in `language` (default: the active one), else in the site's own, else any.

    Falls back visibly: `language` names the other language where one had to be taken.
    """
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    known = labels or {}
    for code in (wanted, settings.LANGUAGE_CODE, *known):
        if known.get(code):
            return Words(known[code], "" if code == wanted else code)
    return Words("")


def language_names(codes: str, language: str | None = None) -> tuple[str, ...]:
    """The names of languages given as "es, en", in `language` (default: the active one)."""
    display = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return tuple(language_name(code.strip(), display) for code in codes.split(",") if code.strip())


def language_name(code: str, display: str) -> str:
    """The name of one language in another, or its code where nobody knows it."""
    try:
        return Locale.parse(code).get_display_name(display) or code
    except (UnknownLocaleError, ValueError):
        return code


def label_in(labels: dict[str, str] | None, language: str | None = None) -> str:
    """The words of a label alone, as `words_in` chooses them."""
    return words_in(labels, language).text


def validate_labels(labels: object) -> None:
    """Raise ValidationError unless `labels` maps each language of the site to some words."""
    if not isinstance(labels, dict):
        raise ValidationError(_("Expected one label per language."))
    missing = [name for code, name in settings.LANGUAGES if not str(labels.get(code, "")).strip()]
    if missing:
        raise ValidationError(
            _("Missing in: %(languages)s."), params={"languages": ", ".join(missing)}
        )


def validate_some_labels(labels: object) -> None:
    """Raise ValidationError unless `labels` maps languages of the site to words."""
    codes = {code for code, _name in settings.LANGUAGES}
    if not isinstance(labels, dict) or not set(labels) <= codes:
        raise ValidationError(_("Expected one label per language."))


class LabelsWidget(forms.MultiWidget):
    """One input per language, each with the language's name."""

    template_name = "campaigns/widgets/labels.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, is_long: bool = False) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {}
        for code, name in settings.LANGUAGES:
            marks = {"lang": code, "aria-label": name, "data-language": name}
            inputs[code] = (
                forms.Textarea({**marks, "rows": 3}) if is_long else forms.TextInput(marks)
            )
        super().__init__(inputs, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]


class LabelsFormField(forms.MultiValueField):
    """Cleans to `{language code: words}`: every language, or as many as were given if optional."""

    def __init__(self, *, max_length: int | None = None, **options: Any) -> None:
        for unused in ("encoder", "decoder"):
            options.pop(unused, None)
        required = options.get("required", True)
        longest = max_length or 200
        fields = [
            forms.CharField(max_length=longest, required=required)
            for _language in settings.LANGUAGES
        ]
        options["widget"] = LabelsWidget(is_long=longest > LONGEST_INPUT)
        super().__init__(fields, require_all_fields=required, **options)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        codes = [code for code, _name in settings.LANGUAGES]
        return {code: words for code, words in zip(codes, data_list, strict=False) if words}


class LabelsField(models.JSONField):
    """`{language code: words}` for every language in `settings.LANGUAGES`.

    With `blank=True` for as many as somebody had time for; `max_length` is per language.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", dict)
        super().__init__(*args, **options)
        check = validate_some_labels if self.blank else validate_labels
        # The length is the form's; here it would count languages.
        self.validators = [check]

    def formfield(self, **options: Any) -> forms.Field | None:  # type: ignore[override]
        options.pop("encoder", None)
        options.pop("decoder", None)
        return models.Field.formfield(
            self, form_class=LabelsFormField, max_length=self.max_length, **options
        )
