"""Short labels in every language of the site, kept in the row of the fact that they name.

A country, a formula or an office is one row for the whole world; its label is a handful of words
per language. Those live in one JSON column, edited side by side, so that adding a language never
adds rows and reading a label never adds a query. Anything longer than a label belongs on a page.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def label_in(labels: dict[str, str], language: str | None = None) -> str:
    """The label in `language` (default: the active one), else in the site's own, else any."""
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    for code in (wanted, settings.LANGUAGE_CODE, *labels):
        if labels.get(code):
            return labels[code]
    return ""


def validate_labels(labels: object) -> None:
    """Raise ValidationError unless `labels` maps each language of the site to some words."""
    if not isinstance(labels, dict):
        raise ValidationError(_("Expected one label per language."))
    missing = [name for code, name in settings.LANGUAGES if not str(labels.get(code, "")).strip()]
    if missing:
        raise ValidationError(
            _("Missing in: %(languages)s."), params={"languages": ", ".join(missing)}
        )


class LabelsWidget(forms.MultiWidget):
    """One input per language, each with the language's name."""

    template_name = "campaigns/widgets/labels.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        super().__init__(
            {
                code: forms.TextInput({"lang": code, "aria-label": name, "data-language": name})
                for code, name in settings.LANGUAGES
            },
            attrs,
        )

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]


class LabelsFormField(forms.MultiValueField):
    """Cleans to `{language code: words}`; every language is required."""

    widget = LabelsWidget

    def __init__(self, **options: Any) -> None:
        for unused in ("encoder", "decoder"):
            options.pop(unused, None)
        fields = [forms.CharField(max_length=200) for _language in settings.LANGUAGES]
        super().__init__(fields, require_all_fields=True, **options)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        codes = [code for code, _name in settings.LANGUAGES]
        return dict(zip(codes, data_list, strict=False))


class LabelsField(models.JSONField):
    """`{language code: words}` for every language in `settings.LANGUAGES`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", dict)
        super().__init__(*args, **options)
        self.validators = [*self.validators, validate_labels]

    def formfield(self, **options: Any) -> forms.Field | None:  # type: ignore[override]
        options.pop("encoder", None)
        options.pop("decoder", None)
        return models.Field.formfield(self, form_class=LabelsFormField, **options)
