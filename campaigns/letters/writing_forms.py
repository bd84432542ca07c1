"""What somebody types at the writing desk. None of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import WriterRules
from campaigns.supporters.names import initials_of

from .composing import (
    LONGEST_NAME,
    LONGEST_PLACE,
    LONGEST_TEXT,
    MOST_TYPED_PER_CHARACTER,
    Letter,
    one_line,
    plain,
)
from .desk import Addressee, Desk, Start, language_choices, starting_letter

LONGEST_LINE = 200


class Window(TextChoices):
    """Where the address stands, so that it shows in the window of the envelope."""

    RIGHT = "right", _("on the right (usual in Belgium and France)")
    LEFT = "left", _("on the left (usual in Germany and the Netherlands)")
    NONE = "none", _("nowhere: I write the envelope by hand")


Signs = WriterRules.OwnAddress


@dataclass(frozen=True)
class Written:
    """A letter as its writer wants it, cleaned: plain text without anything unseen.

    `place` may have several lines; it is "" where somebody signs with less than that.
    """

    addressee: Addressee
    letter: Letter
    name: str
    place: str
    window: str
    wants_copy: bool


class PlainTextField(forms.CharField):
    """Text of several lines, without what cannot be seen. `longest` is in characters."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        # One more than may be, so that a text that is too long is told from one that is not.
        text = plain(typed, longest=self.longest + 1)
        if len(text) > self.longest or len(typed) > MOST_TYPED_PER_CHARACTER * self.longest:
            raise forms.ValidationError(
                _("This is too long for a letter. Please shorten it to one page."), code="long"
            )
        return text


class LineField(forms.CharField):
    """A name or a subject: one line, whatever was typed."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "", longest=self.longest)


class ChoosingForm(forms.Form):
    """Whom to write to, in which language, and what to begin with: chosen by a link or a GET."""

    to = forms.ChoiceField(label=_("Write to"), required=False)
    # `in` is a word of Python's own.
    start = forms.ChoiceField(label=_("Begin with"), choices=Start.choices, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, desk: Desk) -> None:
        # Never bound: what is not offered is not wrong, it is passed over.
        super().__init__(auto_id="choose-%s", label_suffix="")
        self.desk = desk
        given = data or {}
        self.addressee = desk.addressee(given.get("to"))
        languages = language_choices(desk, self.addressee)
        codes = [code for code, _name in languages]
        self.language = given["in"] if given.get("in") in codes else codes[0]
        self.begins_with = given["start"] if given.get("start") in Start.values else Start.MODEL
        to, start = self.fields["to"], self.fields["start"]
        to.choices = [(each.key, each.title) for each in desk.addressees]  # type: ignore[attr-defined]
        to.initial, start.initial = self.addressee.key, self.begins_with
        self.fields["in"] = forms.ChoiceField(
            label=_("Language of the letter"),
            choices=languages,
            required=False,
            initial=self.language,
        )
        self.order_fields(["to", "in", "start"])

    def letter(self, *, now: datetime) -> Letter:
        """What the letter begins as."""
        return starting_letter(
            self.desk, self.addressee, language=self.language, start=self.begins_with, now=now
        )


class WritingForm(forms.Form):
    """The letter itself. A choice that the desk does not offer falls back to the first."""

    subject = LineField(label=_("Subject"), longest=LONGEST_LINE)
    salutation = LineField(label=_("Salutation"), longest=LONGEST_LINE, required=False)
    body = PlainTextField(
        label=_("Your letter"),
        longest=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 16, "dir": "auto"}),
        error_messages={"required": _("Please write a few words.")},
    )
    closing = LineField(label=_("Closing of the letter"), longest=LONGEST_LINE, required=False)
    signs = forms.ChoiceField(
        label=_("How do you sign?"),
        choices=Signs.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    name = LineField(
        label=_("Your name"),
        longest=LONGEST_NAME,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    place = PlainTextField(
        label=_("Your address, or your town"),
        longest=LONGEST_PLACE,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    window = forms.ChoiceField(
        label=_("The address on the printed page"), choices=Window.choices, required=False
    )
    copy = forms.BooleanField(
        label=_("With a copy for the embassy on a second page"), required=False
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, desk: Desk, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="letter-%s", label_suffix="")
        self.desk = desk
        if desk.embassy is None:
            del self.fields["copy"]
        self.fields["signs"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Signs.choices if value in ways_to_sign(desk)
        ]

    def clean_signs(self) -> str:
        """No more than the rules of the case allow."""
        return self.cleaned_data["signs"] or ways_to_sign(self.desk)[0]

    def written(self) -> Written:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        chosen = ChoosingForm(self.data, desk=self.desk)
        signs = data["signs"]
        name = initials_of(data["name"]) if signs == Signs.INITIALS else data["name"]
        place = data["place"]
        if signs != Signs.FULL:
            # The last line is the town; a street is more than they want to say.
            place = place.splitlines()[-1] if place else ""
        return Written(
            addressee=chosen.addressee,
            letter=Letter(
                language=chosen.language,
                subject=data["subject"],
                salutation=data["salutation"],
                body=data["body"],
                closing=data["closing"],
                signature="\n".join(filter(None, (name, *place.splitlines()[-1:]))),
            ),
            name=name,
            place=place,
            window=data["window"] or Window.RIGHT,
            wants_copy=bool(data.get("copy")),
        )


def ways_to_sign(desk: Desk) -> tuple[str, ...]:
    """How much of themselves writers may tell, most first, by the rules of the case."""
    every = (Signs.FULL, Signs.PLACE, Signs.INITIALS)
    least = desk.rules.own_address if desk.rules is not None else Signs.FULL
    return tuple(every[every.index(Signs(least)) :])
