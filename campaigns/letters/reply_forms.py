"""What somebody types to pass on an authority's answer."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Office
from campaigns.localized import label_in
from campaigns.supporters.fields import AddressField
from campaigns.supporters.guards import GuardedForm

from .cleaning import LARGEST_FILE, MOST_PAGES, CleanFile, Problem, Unfit, clean
from .composing import LONGEST_TEXT, plain
from .replying import Answer

SOMEBODY_ELSE = "else"
FIRST_YEAR_OF_REPLIES = 1973
# Beyond, a text is not even sent back: it is no answer to a letter.
LONGEST_TYPED = 4 * LONGEST_TEXT

WHY_UNFIT = {
    Problem.KIND: _("Please choose a PDF or a picture (JPEG or PNG); this file is neither."),
    Problem.HEIC: _(
        "This is a HEIC picture, as some phones make them. Please save it as JPEG, or take a"
        " picture of the screen, and choose that."
    ),
    Problem.SIZE: _("This file is larger than 10 MB. Please choose a smaller one."),
    Problem.PIXELS: _("This picture is too large to be opened. Please choose a smaller one."),
    Problem.PAGES: _("This PDF has no page, or more than %(most)s. Please choose another one."),
    Problem.LOCKED: _(
        "This PDF is locked with a password. Please choose one without, or a picture of it."
    ),
    Problem.ACTIVE: _(
        "This PDF holds programs, forms or other files, which we do not take, for safety. A"
        " picture of its pages is enough."
    ),
    Problem.BROKEN: _(
        "We could not read this file safely; it may be damaged. A picture of it is enough."
    ),
}
AGAIN = _("Please choose the file again: it is the one thing that a page cannot keep.")


class AnswerTextField(forms.CharField):
    """What an authority wrote: plain text, as long as a letter may be."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        # Composing characters of a whole book would take its time.
        text = "" if len(typed) > LONGEST_TYPED else plain(typed, longest=LONGEST_TEXT + 1)
        if len(typed) > LONGEST_TYPED or len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("This is longer than 20,000 characters. Please shorten it, or send a file."),
                code="too_long",
            )
        return text


class AnswerFileField(forms.FileField):
    """A PDF or a picture. Cleans to a `CleanFile`: what it is decides, never its name."""

    def to_python(self, data: Any) -> CleanFile | None:  # type: ignore[override]
        file = super().to_python(data)
        if file is None:
            return None
        problem = Problem.SIZE
        if file.size is not None and file.size <= LARGEST_FILE:
            try:
                return clean(file.read())
            except Unfit as unfit:
                problem = unfit.problem
        raise forms.ValidationError(
            WHY_UNFIT[problem], code=problem.value, params={"most": MOST_PAGES}
        )


class KeyField(forms.UUIDField):
    """Tells one press from another. Nonsense becomes a new one: it is no right of anybody's."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except forms.ValidationError:
            return uuid.uuid4()


class ReplyForm(GuardedForm):
    """Who answered, when and what; as text, as a file, or both."""

    answered_by = forms.ChoiceField(
        label=_("Who answered?"),
        error_messages={
            "required": _("Please say who answered; “somebody else” if it is not in the list."),
            "invalid_choice": _("Please choose somebody from the list."),
        },
    )
    answered_on = forms.DateField(
        label=_("Date of the answer"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
        error_messages={"invalid": _("Please type the date like this: 24/11/2026.")},
    )
    text = AnswerTextField(
        label=_("What does it say?"),
        help_text=_("Copy it here, in whatever language it is. Not needed if you send a file."),
        required=False,
        widget=forms.Textarea({"rows": 8, "dir": "auto"}),
    )
    file = AnswerFileField(
        label=_("The answer as a file"),
        help_text=_("A PDF, or a picture (JPEG or PNG) of the letter, up to 10 MB."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )
    contact = AddressField(
        label=_("Your e-mail address"),
        help_text=_("Only if we may ask you something about it. Forgotten after a year."),
        required=False,
        takes_disposable=True,
    )
    key = KeyField()

    def __init__(self, *args: Any, offices: list[Office], **options: Any) -> None:
        options.setdefault("auto_id", "reply-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.offices = {str(office.pk): office for office in offices}
        self.fields["answered_by"].choices = [  # type: ignore[attr-defined]
            ("", _("Please choose")),
            *((key, label_in(office.title)) for key, office in self.offices.items()),
            (SOMEBODY_ELSE, _("somebody else, such as an embassy")),
        ]
        typed = str(self.data.get(self.add_prefix("text"), "")) if self.is_bound else ""
        if len(typed) > LONGEST_TYPED + 1:
            sent: Any = self.data
            self.data = sent = sent.copy()
            sent[self.add_prefix("text")] = typed[: LONGEST_TYPED + 1]

    def clean_answered_on(self) -> date | None:
        day = self.cleaned_data["answered_on"]
        if day and (day > timezone.localdate() or day.year < FIRST_YEAR_OF_REPLIES):
            raise forms.ValidationError(_("This day cannot be. Please look at the date again."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_clean = not {"text", "file"} & set(self.errors)
        if is_clean and not data.get("text") and not data.get("file"):
            self.add_error("text", _("Please copy the answer here, or choose a file."))
        if self.errors and data.get("file"):
            self.add_error("file", AGAIN)
        return data

    def answer(self) -> Answer:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return Answer(
            key=data["key"],
            office=self.offices.get(data["answered_by"]),
            answered_on=data["answered_on"],
            text=data["text"],
            file=data["file"],
            contact=data["contact"],
        )
