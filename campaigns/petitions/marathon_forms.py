"""What people tick and type to sign several cases of an edition with one press."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.models import Supporter

from .forms import SignForm
from .marathon import (
    Marathon,
    MarathonWords,
    marathon,
    petitions_of,
    ticked_among,
    wording_of_several,
)
from .models import Edition, Petition
from .press_forms import PressForm


class PetitionsField(forms.Field):
    """Some petitions of an edition, by their references. Cleans to petitions, in its order.

    What has closed since the form was shown is still one of them: the service leaves it out.
    """

    widget = forms.CheckboxSelectMultiple
    petitions: Sequence[Petition] = ()

    def __init__(self) -> None:
        super().__init__(
            label=_("Cases"),
            error_messages={"required": _("Nothing is ticked. Please tick at least one case.")},
        )

    def clean(self, value: Any) -> list[Petition]:
        ticked = ticked_among(self.petitions, value or [])
        if not ticked:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return ticked


class ManyForm(forms.Form):
    """A form about several petitions of one edition."""

    petitions = PetitionsField()

    def __init__(self, *args: Any, petitions: Sequence[Petition], **options: Any) -> None:
        options.setdefault("auto_id", "sign-many-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        field: Any = self.fields["petitions"]
        field.petitions = petitions

    @property
    def person_fields(self) -> list[forms.BoundField]:
        """Everything but the cases, which stand in a list of their own."""
        return [field for field in self.visible_fields() if field.name != "petitions"]

    @property
    def ticked(self) -> Collection[str]:
        """The references that were ticked; only of a form that was sent."""
        field: Any = self.fields["petitions"]
        return field.widget.value_from_datadict(self.data, self.files, "petitions") or []


class SignManyForm(ManyForm, SignForm):
    """The cases that are ticked, and the person as for one petition."""

    field_order = ("petitions",)


class KnownManyForm(ManyForm, PressForm):
    """The cases that are ticked, by somebody whom a device or mailed link knows."""

    field_order = ("petitions",)

    def __init__(self, *args: Any, petitions: Sequence[Petition], **options: Any) -> None:
        asking = asks_most(petitions)
        super().__init__(*args, petitions=petitions, petition=asking, **options)


def asks_most(petitions: Sequence[Petition]) -> Petition:
    """The petition whose handover says what is asked: one of names, if there is any."""
    of_names = (each for each in petitions if each.handover == Petition.Handover.NAMES)
    return next(of_names, petitions[0])


def many_context(
    edition: Edition,
    *,
    find_words: Callable[[Sequence[Petition]], MarathonWords] | None = None,
    form: ManyForm | None = None,
    supporter: Supporter | None = None,
    page_id: int | None = None,
    source: str = "",
    now: datetime,
) -> dict[str, Any]:
    """What the list of an edition needs: its cases, what is ticked, the form, the words agreed to.

    Without a form a blank one is made, where anything can be signed: for the `supporter`, or for
    somebody unknown, with every case ticked that is open. `find_words` spares looking for the
    edition's words.
    """
    petitions = petitions_of(edition, now=now)
    found: Marathon = marathon(
        edition, now=now, words=find_words(petitions) if find_words else None
    )
    ticked: Collection[str] = [case.petition.reference for case in found.open_cases]
    if form is not None:
        ticked = form.ticked
    elif found.open_cases:
        initial = {"page": page_id, "source": source}
        form = (
            KnownManyForm(petitions=petitions, supporter=supporter, initial=initial)
            if supporter
            else SignManyForm(petitions=petitions, initial=initial).follow(asks_most(petitions))
        )
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "marathon": found,
        "form": form,
        "ticked": ticked,
        "signed": frozenset(),
        "wording": wording_of_several(petitions, language, is_known=supporter is not None).text,
        "source": source,
    }
