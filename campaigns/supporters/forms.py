"""What the public types to receive mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .details import Details
from .fields import AddressField, AgeField, NameField, PageField
from .guards import GuardedForm
from .misspellings import AddressQuestionForm
from .models import DIGITAL_AGE, Formula
from .needs import NeedsForm, Part, needs_of, possible_needs
from .services import Person

# Which parts were on the reader's screen: what was not there cannot have been forgotten.
SHOWN = "shown"


@dataclass(frozen=True)
class SignUp:
    """A sign-up as the services take it."""

    person: Person
    formulas: tuple[Formula, ...]
    language: str
    details: Details


class FormulaBoxes(forms.CheckboxSelectMultiple):
    """A box for each formula, with the codes of what it needs for the script of the page."""

    def create_option(
        self, name: str, value: Any, label: Any, *more: Any, **options: Any
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, *more, **options)
        option["attrs"]["data-needs"] = " ".join(need.code for need in needs_of([label]))
        return option


class FormulasField(forms.MultipleChoiceField):
    """Some of the formulas on offer, by their keys. Cleans to formulas, in the staff's order."""

    widget = FormulaBoxes
    offered: Sequence[Formula] = ()

    def offer(self, formulas: Sequence[Formula]) -> None:
        """The formulas to choose among. They are their own labels: the template shows them."""
        self.offered = formulas
        self.choices = [(str(formula.pk), formula) for formula in formulas]

    def among(self, typed: Sequence[str]) -> list[Formula]:
        """The offered ones among what was ticked."""
        return [formula for formula in self.offered if str(formula.pk) in typed]

    def clean(self, value: Any) -> list[Formula]:
        return self.among(super().clean(value))


class BlockField(forms.CharField):
    """The block that carried the form: a note, not a right, so a wrong one is left out."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False)

    def clean(self, value: Any) -> str:
        try:
            return str(UUID(super().clean(value)))
        except (forms.ValidationError, ValueError):
            return ""


class SignUpForm(AddressQuestionForm, GuardedForm, NeedsForm):
    """Formulas, language, name, address; and what the chosen formulas need. Nothing is ticked.

    Without a script a reader sees what a formula needs only after having sent the form: it is then
    complete as far as it goes (`is_valid()`), and `has_more_to_ask`. `subject` is the formula
    that the whole page is about, instead of a list to choose from.
    """

    formulas = FormulasField(
        label=_("What would you like to receive?"),
        error_messages={
            "required": _("Please tick at least one."),
            "invalid_choice": _("This choice is not on offer any more. Please choose again."),
            "invalid_list": _("This choice is not on offer any more. Please choose again."),
        },
    )
    given_name = NameField(label=_("First name"), autocomplete="given-name", required=False)
    email = AddressField()
    age = AgeField()
    language = forms.ChoiceField(
        label=_("Language of the mails"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": _("Please choose one of the languages in the list."),
            "invalid_choice": _("Please choose one of the languages in the list."),
        },
    )
    page = PageField()
    block = BlockField()

    def __init__(self, *args: Any, subject: Formula | None = None, **options: Any) -> None:
        options.setdefault("auto_id", "sign-up-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.subject = subject
        field: Any = self.fields["formulas"]
        field.offer([subject] if subject else list(Formula.objects.offered()))
        if subject:
            field.widget = forms.MultipleHiddenInput()
            field.initial = [str(subject.pk)]
        self.ask_for(needs_of(self._chosen(field)))
        self.unseen = [code for code in self.needs if self.is_bound and not self._was_shown(code)]

    def _chosen(self, field: FormulasField) -> Sequence[Formula]:
        """What is ticked as the form arrives, before anything of it is checked."""
        if not self.is_bound:
            return [self.subject] if self.subject else []
        widget: Any = field.widget
        typed = widget.value_from_datadict(self.data, self.files, "formulas")
        return field.among(typed or [])

    def _was_shown(self, code: str) -> bool:
        shown = self.data.getlist(SHOWN) if hasattr(self.data, "getlist") else []
        return code in shown or any(name in self.data for name in self.names_within[code])

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What everybody is asked, whatever they choose."""
        within = {name for names in self.names_within.values() for name in names}
        return [
            field
            for field in self.visible_fields()
            if field.name != "formulas" and field.name not in within
        ]

    @property
    def spare_parts(self) -> list[Part]:
        """What other choices would need, for the script of the page to show in time."""
        field: Any = self.fields["formulas"]
        needs = [] if self.subject else possible_needs(field.offered)
        blank = [NeedsForm(auto_id=self.auto_id, label_suffix="") for _need in needs]
        for form, need in zip(blank, needs, strict=True):
            form.ask_for([need])
        return [part for form in blank for part in form.parts if part.need.code not in self.needs]

    @property
    def new_parts(self) -> list[Part]:
        """What the reader has not seen yet of what their choice needs."""
        return [part for part in self.parts if part.need.code in self.unseen]

    @property
    def has_more_to_ask(self) -> bool:
        """Whether everything so far is right and something was not asked yet."""
        return bool(self.unseen)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for code in self.unseen:
            for name in self.names_within[code]:
                self.errors.pop(name, None)
        age = data.get("age")
        older = [
            formula for formula in data.get("formulas", []) if formula.minimum_age > DIGITAL_AGE
        ]
        if older and age is not None and age.is_minor:
            self.add_error(
                "formulas",
                forms.ValidationError(
                    _(
                        "“%(formula)s” is for people of %(age)s and older."
                        " Please choose something else."
                    ),
                    code="too_young",
                    params={"formula": older[0], "age": older[0].minimum_age},
                ),
            )
        return data

    def sign_up(self) -> SignUp:
        """The cleaned form; only after `is_valid()` and without `has_more_to_ask`."""
        data = self.cleaned_data
        given_name, family_name = data["given_name"], data.get("family_name", "")
        is_minor = data["age"].is_minor
        return SignUp(
            person=Person(
                email=data["email"],
                given_name=given_name,
                family_name=family_name,
                is_minor=is_minor,
            ),
            formulas=tuple(data["formulas"]),
            language=data["language"],
            details=Details(
                given_name=given_name,
                family_name=family_name,
                is_minor=is_minor,
                phone=data["number"],
                postal=data["postal"],
                choices=data["choices"],
            ),
        )
