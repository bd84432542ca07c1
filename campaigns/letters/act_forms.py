"""What somebody says of a letter that has left. Nothing is typed, so nothing can be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Office
from campaigns.localized import label_in, language_name
from campaigns.source_codes import clean_source, source_in

from .desk import EMBASSY
from .models import LETTER_LANGUAGES, Channel, IssueTarget, LetterAct, UrgentActionIssue

Role = IssueTarget.Role
Via = LetterAct.Via


@dataclass(frozen=True)
class Said:
    """One letter, as its writer tells of it. `press` is None without a script."""

    office: Office | None
    channel: str
    language: str
    via: str
    source: str
    press: UUID | None


class LenientChoiceField(forms.ChoiceField):
    """A choice; what is not in the list counts as not said."""

    def clean(self, value: Any) -> str:
        chosen = self.to_python(value)
        return chosen if self.valid_value(chosen) else ""


class ActForm(forms.Form):
    """To whom and how: chosen before, where a link or the desk says it; else if one likes."""

    to = LenientChoiceField(label=_("To"), required=False)
    channel = LenientChoiceField(label=_("How did it leave?"), required=False)
    via = LenientChoiceField(
        choices=[(Via.PAPER.lower(), "")], required=False, widget=forms.HiddenInput
    )
    press = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        issue: UrgentActionIssue,
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        """`chosen` is what is known already: those fields are hidden. See `what_is_chosen`."""
        known = dict(chosen or {})
        super().__init__(data, initial=known, auto_id="sent-%s", label_suffix="")
        targets = list(issue.targets.select_related("office"))
        self.offices = {str(each.office_id): each.office for each in targets if each.office}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", gettext("I would rather not say")),
            *((key, label_in(office.title)) for key, office in self.offices.items()),
            *((EMBASSY, gettext("the embassy")) for each in targets if each.role == Role.EMBASSY),
        ]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("", gettext("I would rather not say")),
            *(
                (value, capfirst(str(label)))
                for value, label in Channel.choices
                if value != Channel.UNSAID
            ),
        ]
        # `in` is a word of Python's own.
        self.fields["in"] = LenientChoiceField(
            choices=[(code, language_name(code, code)) for code in LETTER_LANGUAGES],
            required=False,
            widget=forms.HiddenInput,
        )
        for name in ("to", "channel"):
            if (data or known).get(name):
                self.fields[name].widget = forms.HiddenInput()

    def clean_press(self) -> UUID | None:
        """A script's random number; anything else counts as none."""
        try:
            return UUID(self.cleaned_data["press"])
        except ValueError:
            return None

    def clean_source(self) -> str:
        return clean_source(self.cleaned_data["source"])

    def said(self) -> Said:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return Said(
            office=self.offices.get(data["to"]),
            channel=data["channel"] or Channel.UNSAID,
            language=data["in"],
            via=Via.PAPER if data["via"] else Via.PAGE,
            source=data["source"],
            press=data["press"],
        )

    @property
    def addressee(self) -> str:
        """Whom the letter was to, in the page's language; "" where nothing is chosen."""
        return self._words("to")

    @property
    def way(self) -> str:
        """How it left; "" where nothing is chosen."""
        return self._words("channel")

    def _words(self, name: str) -> str:
        field = self.fields[name]
        if not field.widget.is_hidden:
            return ""
        words = dict(field.choices)  # type: ignore[attr-defined]
        return str(words.get(self[name].value(), "")) if self[name].value() else ""


def what_is_chosen(query: Mapping[str, str], issue: UrgentActionIssue) -> dict[str, str]:
    """What the address of the form says already, as far as it means something."""
    form = ActForm(query, issue=issue)
    form.is_valid()
    data = form.cleaned_data
    found = {name: data[name] for name in ("to", "channel", "in", "via")}
    return {**found, "source": source_in(query)}
