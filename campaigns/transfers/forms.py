"""What staff say about files: how they are read, what their columns mean, what lists are for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.supporters.countries import choices_now
from campaigns.supporters.models import Formula

from .models import ExportJob, ImportJob
from .problems import Column
from .reading import Delimiter, Encoding
from .selectors import importable_formulas, sample_rows
from .services import ExportWish, Meaning

EVERYTHING = ("", gettext_lazy("all"))
NOTHING = ("", "–")


def _countries_and(empty: tuple[Any, Any]) -> Any:
    return lambda: [empty, *choices_now()]


class UploadForm(forms.Form):
    """A file of subscribers."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX, up to 100 MB. Each row says when the person agreed and where the proof"
            " is kept; rows without are not imported."
        ),
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


class ReadingForm(forms.Form):
    """How a file is read, where what was found out is wrong."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"), choices=[NOTHING, *Encoding.choices], required=False
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Columns are separated by"),
        choices=[NOTHING, *Delimiter.choices],
        required=False,
    )
    has_header = forms.TypedChoiceField(
        label=gettext_lazy("The first line"),
        choices=[
            ("yes", gettext_lazy("holds the headings of the columns")),
            ("no", gettext_lazy("holds the first person")),
        ],
        coerce=lambda value: value == "yes",
    )

    def __init__(self, *args: Any, job: ImportJob, **options: Any) -> None:
        options["initial"] = {
            "encoding": job.encoding,
            "delimiter": job.delimiter,
            "has_header": "no" if job.has_header is False else "yes",
        }
        super().__init__(*args, **options)
        if job.is_workbook:
            del self.fields["encoding"], self.fields["delimiter"]

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of `services.read_again`; only after `is_valid()`."""
        return {"encoding": "", "delimiter": "", **self.cleaned_data}


class MeaningForm(forms.Form):
    """What the columns of a file mean, and what holds for all of its rows."""

    formula = forms.ModelChoiceField(
        label=gettext_lazy("Formula for all rows"),
        queryset=Formula.objects.none(),
        required=False,
        help_text=gettext_lazy(
            "Where the file has no column for it. A file whose people agreed to different things"
            " needs one."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language, where a row does not say"),
        choices=[NOTHING, *settings.LANGUAGES],
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country, where a row does not say"),
        choices=_countries_and(NOTHING),
        required=False,
    )
    wording = forms.CharField(
        label=gettext_lazy("The sentence that people agreed to, where a row does not say"),
        widget=forms.Textarea({"rows": 3}),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("Word for word as it stood there: it is kept as proof."),
    )

    def __init__(self, *args: Any, job: ImportJob, **options: Any) -> None:
        options["initial"] = {
            **{name_of(Column(column)): number for column, number in job.mapping.items()},
            "formula": job.formula_id,
            "language": job.language,
            "country": job.country,
            "wording": job.wording,
        }
        super().__init__(*args, **options)
        self.fields["formula"].queryset = importable_formulas()  # type: ignore[attr-defined]
        choices = column_choices(job)
        columns = {
            name_of(column): forms.TypedChoiceField(
                label=column.label,
                choices=[("", _("not in this file")), *choices],
                coerce=int,
                empty_value=None,
                required=False,
            )
            for column in Column
        }
        self.fields = {**columns, **self.fields}

    def column_fields(self) -> Sequence[forms.BoundField]:
        """The fields that name columns."""
        return [self[name_of(column)] for column in Column]

    def common_fields(self) -> Sequence[forms.BoundField]:
        """The fields of what holds for all rows."""
        return [self[name] for name in ("formula", "language", "country", "wording")]

    def meaning(self) -> Meaning:
        """What was said; only after `is_valid()`."""
        data = self.cleaned_data
        return Meaning(
            mapping={
                column.value: data[name_of(column)]
                for column in Column
                if data[name_of(column)] is not None
            },
            formula=data["formula"],
            language=data["language"],
            country=data["country"],
            wording=" ".join(data["wording"].split()),
        )


def name_of(column: Column) -> str:
    """The name of the field that says which column of the file that is."""
    return f"column_{column.value}"


def column_choices(job: ImportJob) -> list[tuple[int, str]]:
    """The columns of a file by their headings, or by their first value where there are none."""
    first = sample_rows(job, 1)
    cells = first[0].cells if first else []
    choices = []
    for number in range(job.width):
        words = (job.headings or cells)[number : number + 1]
        choices.append((number, f"{letters(number)}: {words[0] if words else ''}".strip(": ")))
    return choices


def letters(number: int) -> str:
    """The name of a column in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class AskForm(forms.Form):
    """In which file, why; and the password, so that it is really them."""

    format = forms.ChoiceField(label=gettext_lazy("File"), choices=ExportJob.Format.choices)
    reason = forms.CharField(
        label=gettext_lazy("What is the list for?"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It stays in the log, with your name and the number of rows."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        help_text=gettext_lazy("Once more, in case somebody else sits at your desk."),
    )

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password(self) -> None:
        """Compare and forget it."""
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(
                _("This is not your password. Nothing has been exported."), code="password"
            )

    def wish(self, **more: Any) -> ExportWish:
        """What was asked for; only after `is_valid()`."""
        data = dict(self.cleaned_data)
        del data["password"]
        return ExportWish(**data, **more)


class ExportForm(AskForm):
    """Which supporters."""

    field_order = ("formula", "language", "country", "only_active")
    formula = forms.ModelChoiceField(
        label=gettext_lazy("Formula"),
        queryset=Formula.objects.all(),
        required=False,
        empty_label=EVERYTHING[1],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[EVERYTHING, *settings.LANGUAGES], required=False
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=_countries_and(EVERYTHING), required=False
    )
    only_active = forms.BooleanField(
        label=gettext_lazy("Only those who get mails"), initial=True, required=False
    )
