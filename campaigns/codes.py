"""Several of a fixed set of codes in one column: the channels of a formula, say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class CodesField(models.JSONField):
    """A list of codes out of `codes` (a TextChoices class), ticked in the admin.

    Stored as a JSON array. Migrations know no codes: there the field is a column and no more.
    """

    def __init__(
        self, *args: Any, codes: type[models.TextChoices] = models.TextChoices, **options: Any
    ):
        self.codes = codes
        options.setdefault("default", list)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if not set(value) <= set(self.codes.values):
            raise ValidationError(_("Please choose from the list."), code="invalid_choice")

    def formfield(self, *_classes: Any, **_options: Any) -> Any:
        return forms.TypedMultipleChoiceField(
            choices=self.codes.choices,
            widget=forms.CheckboxSelectMultiple,
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            empty_value=[],
        )

    def words(self, value: Sequence[str]) -> str:
        """The codes in the reader's language, separated by commas."""
        return ", ".join(str(self.codes(code).label) for code in value)
