"""What formulas ask for besides a name and an address: each of it only where one needs it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import choices
from .countries import CountryField
from .fields import NameField
from .models import Formula
from .phones import LONGEST_TYPED, parse_phone
from .postal import HOME_COUNTRY, LONGEST_POSTCODE, PostalAddress, parse_line, parse_postal

Fields = dict[str, forms.Field]


class LineField(forms.CharField):
    """One line of a postal address."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"autocomplete": autocomplete}))
        options.setdefault("error_messages", {"required": _("Please fill this in.")})
        super().__init__(strip=True, **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return parse_line(typed) if typed else ""


class PostcodeField(forms.CharField):
    """A postcode. Whether one is missing depends on the country (`parse_postal`)."""

    def validate(self, value: Any) -> None:
        """Nothing to say alone."""


@dataclass(frozen=True)
class Need:
    """One part of a form. `code` names it in the page: `phone`, `postal`, `case-one`…"""

    code: str
    legend: str | Promise
    kind: choices.ChoiceKind | None = None
    # The code of the need that makes this one superfluous.
    unless: str = ""

    @property
    def field_name(self) -> str:
        """The name of the field of a choice."""
        return f"choice_{self.kind.code}" if self.kind else self.code

    @property
    def takes_many(self) -> bool:
        return self.code.endswith("-many")

    def fields(self) -> Fields:
        """The fields of this part, made anew: what can be chosen is read at this moment."""
        if self.kind is not None:
            return {self.field_name: _choice_field(self.kind, takes_many=self.takes_many)}
        return phone_fields() if self.code in PHONES else postal_fields()


MOBILE = Need("mobile", _("Your mobile phone"))
PHONE = Need("phone", _("Your phone number"), unless=MOBILE.code)
POSTAL = Need("postal", _("Your postal address"))
PHONES = {PHONE.code, MOBILE.code}


def needs_of(formulas: Iterable[Formula]) -> list[Need]:
    """What these formulas ask for together, each once.

    Where one takes a single choice and another any number, one is chosen: it serves both.
    """
    wanted = {need.code: need for formula in formulas for need in _needs_of_one(formula)}
    return _in_order(need for need in wanted.values() if need.unless not in wanted)


def possible_needs(formulas: Iterable[Formula]) -> list[Need]:
    """Everything that some choice among these formulas would ask for."""
    wanted = {need.code: need for formula in formulas for need in needs_of([formula])}
    return _in_order(wanted.values())


def _in_order(needs: Iterable[Need]) -> list[Need]:
    """Choices first, then what is typed, whatever was ticked first."""
    return sorted(needs, key=lambda need: (need.kind is None, need.code))


def _needs_of_one(formula: Formula) -> Iterable[Need]:
    for kind in choices.every_kind():
        way = formula.choosing(kind.code)
        if way == Formula.Choosing.ONE:
            yield Need(f"{kind.code}-one", kind.label, kind)
        elif way == Formula.Choosing.MANY:
            yield Need(f"{kind.code}-many", kind.label, kind, unless=f"{kind.code}-one")
    if Formula.Channel.SMS in formula.channels:
        yield MOBILE
    elif formula.needs_phone:
        yield PHONE
    if formula.needs_postal_address:
        yield POSTAL


def phone_fields() -> Fields:
    """The field of a phone number; `NeedsForm.clean` reads what was typed."""
    return {
        "phone": forms.CharField(
            label=_("Phone number"),
            max_length=LONGEST_TYPED,
            help_text=_("Outside Belgium with + and the code of the country."),
            widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
            error_messages={"required": _("Please type your phone number.")},
        )
    }


def postal_fields() -> Fields:
    """The fields of a postal address; `NeedsForm.clean` reads them together."""
    return {
        "family_name": NameField(
            label=_("Last name"),
            autocomplete="family-name",
            help_text=_("As it stands on your letterbox."),
        ),
        "street": LineField(label=_("Street and number"), autocomplete="address-line1"),
        "box": LineField(label=_("Letterbox number"), autocomplete="address-line2", required=False),
        "postcode": PostcodeField(
            label=_("Postcode"),
            max_length=LONGEST_POSTCODE,
            widget=forms.TextInput({"autocomplete": "postal-code"}),
        ),
        "locality": LineField(label=_("Town"), autocomplete="address-level2"),
        "country": CountryField(),
    }


def _choice_field(kind: choices.ChoiceKind, *, takes_many: bool) -> forms.Field:
    offered = [(option.code, option.label) for option in kind.options(timezone.now())]
    gone = _("This choice is not on offer any more. Please choose again.")
    if takes_many:
        return forms.MultipleChoiceField(
            label=kind.label,
            help_text=_("If you tick none, we choose for you."),
            choices=offered,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": gone},
        )
    return forms.ChoiceField(
        label=kind.label,
        help_text=kind.hint,
        choices=[("", _("Please choose")), *offered],
        error_messages={"required": _("Please choose one."), "invalid_choice": gone},
    )


@dataclass(frozen=True)
class Part:
    """The fields of one need, as a template shows them."""

    need: Need
    fields: Sequence[forms.BoundField]


class NeedsForm(forms.Form):
    """A form with the parts that some formulas need; `ask_for` adds them before it is cleaned.

    Cleans to `number` (E.164 or ""), `postal` (PostalAddress or None) and `choices` by kind.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.needs: dict[str, Need] = {}
        self.names_within: dict[str, list[str]] = {}

    def ask_for(self, needs: Iterable[Need]) -> None:
        """Add the fields of these parts."""
        for need in needs:
            fields = need.fields()
            self.needs[need.code] = need
            self.names_within[need.code] = list(fields)
            self.fields.update(fields)

    @property
    def parts(self) -> list[Part]:
        """The parts that are asked for."""
        return [
            Part(need, [self[name] for name in self.names_within[code]])
            for code, need in self.needs.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["postal"] = self._postal(data)
        data["number"] = self._number(data)
        data["choices"] = self._choices(data)
        return data

    def _postal(self, data: Mapping[str, Any]) -> PostalAddress | None:
        if POSTAL.code not in self.needs or "country" not in data:
            return None
        names = ("street", "box", "postcode", "locality", "country")
        try:
            return parse_postal(**{name: data.get(name, "") for name in names})
        except forms.ValidationError as error:
            for name, found in error.error_dict.items():
                # What is wrong already has been told what.
                if name in data:
                    self.add_error(name, found)
            return None

    def _number(self, data: Mapping[str, Any]) -> str:
        if not data.get("phone"):
            return ""
        try:
            return parse_phone(
                data["phone"],
                country=data.get("country") or HOME_COUNTRY,
                is_mobile=MOBILE.code in self.needs,
            )
        except forms.ValidationError as error:
            self.add_error("phone", error)
            return ""

    def _choices(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        chosen: dict[str, list[str]] = {}
        for need in self.needs.values():
            if need.kind is not None and need.field_name in data:
                value = data[need.field_name]
                chosen[need.kind.code] = [value] if isinstance(value, str) else list(value)
        return chosen
