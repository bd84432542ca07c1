"""What the supporter service types on a supporter's page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.outbox.models import Suppression
from campaigns.workspaces import TransitionForm

from .fields import NameField
from .models import Subscription, SupporterNote
from .selectors import open_suppressions
from .services.care import ErasureReason

LONGEST_SEARCH = 254


class FindForm(forms.Form):
    """One field for all that somebody may say of themselves on the phone."""

    q = forms.CharField(
        label=_("Who are you looking for?"),
        help_text=_(
            "An e-mail address or a part of it, a name, a postcode (1348, or FR 75011), a phone"
            " number, or the number of the supporter."
        ),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class NoteForm(TransitionForm):
    text = forms.CharField(
        label=_("Note"),
        help_text=_("The person may read it: write what was said and done, and no judgement."),
        max_length=SupporterNote._meta.get_field("text").max_length,
        widget=forms.Textarea({"rows": 4}),
    )


class CorrectForm(TransitionForm):
    given_name = NameField(label=_("First name"), autocomplete="off", required=False)
    family_name = NameField(label=_("Last name"), autocomplete="off", required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fields:
            self.fields[name].initial = getattr(self.instance, name)


class EndForm(TransitionForm):
    """Which subscription; none of the others ends with it."""

    subscription = forms.ModelChoiceField(
        label=_("Subscription"),
        queryset=Subscription.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice: Any = self.fields["subscription"]
        choice.queryset = running_subscriptions(self.instance)


class LiftForm(TransitionForm):
    """Which suppression, and who asked for it."""

    suppression = forms.ModelChoiceField(
        label=_("Suppression"),
        queryset=Suppression.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    why = forms.CharField(
        label=_("Why"),
        help_text=_("Who asked for it, when, and how. It becomes a note."),
        max_length=SupporterNote._meta.get_field("text").max_length,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice: Any = self.fields["suppression"]
        choice.queryset = Suppression.objects.filter(
            pk__in=[row.pk for row in liftable_suppressions(self.instance)]
        )


class EraseForm(TransitionForm):
    reason = forms.ChoiceField(
        label=_("How they asked for it"), choices=ErasureReason, widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label=_("Number of the supporter"),
        help_text=_("Type it once more, so that nobody else is erased by mistake."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if number != self.instance.pk:
            raise forms.ValidationError(
                _("This is not the number of the supporter whose page you came from."),
                code="number",
            )
        return number

    def arguments(self) -> dict[str, Any]:
        return {"reason": ErasureReason(self.cleaned_data["reason"])}


def running_subscriptions(supporter: Any) -> Any:
    """What can still be ended."""
    return (
        Subscription.objects.filter(supporter=supporter)
        .exclude(state=Subscription.State.ENDED)
        .select_related("formula")
    )


def liftable_suppressions(supporter: Any) -> list[Suppression]:
    """What staff may lift: not what only the person can undo, by signing up again."""
    return [row for row in open_suppressions(supporter) if row.reason != Suppression.Reason.ERASURE]
