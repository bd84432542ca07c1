"""What staff type when something happens to a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from campaigns.localized import LabelsFormField
from campaigns.workspaces import TransitionForm

from .models import FINAL, FREED, Case, CaseConsent, CaseSubject, Situation, SituationEvent
from .services import EventFacts


class SubjectsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, subject: Any) -> str:
        return str(subject)


class RecordEventForm(TransitionForm):
    """An event, and whether people go on writing after it."""

    situation = forms.ChoiceField(
        label=_("Situation"),
        required=False,
        choices=[("", _("no change")), *Situation.choices],
        help_text=_("Everybody’s situation from that day on; it becomes the badge."),
    )
    occurred_on = forms.DateField(label=_("Date"), widget=AdminDateInput)
    precision = forms.ChoiceField(
        label=_("Precision of the date"), choices=SituationEvent.Precision.choices
    )
    nuance = LabelsFormField(
        label=_("But"),
        required=False,
        max_length=120,
        help_text=_("Follows the badge: “the conviction stands”."),
    )
    ends_acting = forms.ChoiceField(
        label=_("Writing and signing"),
        required=False,
        choices=[
            ("go-on", _("go on: there is still something to ask for")),
            ("end", _("end now: open urgent actions stop, the petition closes, the case rests")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Has to be answered after a release or a death. Freed is not closed."),
    )
    title = LabelsFormField(
        label=_("What happened"),
        required=False,
        max_length=80,
        help_text=_("A few words for the timeline: “The trial”."),
    )
    text = LabelsFormField(label=_("More"), required=False, max_length=280)
    subjects = SubjectsField(
        label=_("Whom it concerns"),
        queryset=CaseSubject.objects.none(),
        required=False,
        help_text=_("Nobody chosen: everybody."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("For staff; never shown.")
    )
    is_visible = forms.BooleanField(label=_("Shown to the public"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members = CaseSubject.objects.filter(case=self.instance)
        field = self.fields["subjects"]
        field.queryset = members  # type: ignore[attr-defined]
        if members.count() < 2:
            del self.fields["subjects"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needs_answer = (
            data.get("situation") in FREED | FINAL and self.instance.state == Case.State.ACTIVE
        )
        if needs_answer and not data.get("ends_acting"):
            self.add_error("ends_acting", _("Say whether people should go on writing and signing."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        subjects = list(data.pop("subjects", []))
        ends_acting = data.pop("ends_acting") == "end"
        return {"facts": EventFacts(**data), "subjects": subjects, "ends_acting": ends_acting}


class GiveConsentForm(TransitionForm):
    """One answer of a person, a family or a lawyer, to as many questions as were asked."""

    scopes = forms.MultipleChoiceField(
        label=_("They agree to"),
        choices=CaseConsent.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    given_by = forms.ChoiceField(label=_("Given by"), choices=CaseConsent.Giver.choices)
    subject = forms.ModelChoiceField(
        label=_("For"),
        queryset=CaseSubject.objects.none(),
        required=False,
        empty_label=_("everybody in the case"),
    )
    given_on = forms.DateField(label=_("From"), widget=AdminDateInput)
    review_by = forms.DateField(
        label=_("To be reviewed by"),
        required=False,
        widget=AdminDateInput,
        help_text=_("A reminder in the report; nothing ends."),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=AdminDateInput,
        help_text=_("After it, what it covers disappears from the site by itself."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["subject"]
        field.queryset = CaseSubject.objects.filter(case=self.instance)  # type: ignore[attr-defined]


class CloseForm(TransitionForm):
    """Why a case is closed, and what those who acted should know."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Case.ClosingReason.choices)
    text = LabelsFormField(
        label=_("Closing words"),
        max_length=400,
        help_text=_("Thanks, and what became of it. Stands on the page in every language."),
    )


class HideForm(TransitionForm):
    """Why, for the log. It should be quick: nobody has to say much."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For staff, in the log.")
    )


class RemoveForm(TransitionForm):
    """For ever; so the reference is typed once more."""

    reference = forms.CharField(
        label=_("Type the case’s reference"), help_text=_("So that nothing is removed by a slip.")
    )

    def clean_reference(self) -> str:
        if self.cleaned_data["reference"] != self.instance.reference:
            raise forms.ValidationError(_("This is not the reference of this case."))
        return str(self.cleaned_data["reference"])

    def arguments(self) -> dict[str, Any]:
        return {}


class EmbargoForm(TransitionForm):
    """Until when nothing may appear."""

    until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Empty: no embargo. Pages come up by themselves at that moment."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["until"].initial = self.instance.embargo_until


class OfficeForm(WagtailAdminModelForm):
    """An office with those who hold it, one after the other."""

    def is_valid(self) -> bool:
        return super().is_valid() and self._holders_follow_each_other()

    def _holders_follow_each_other(self) -> bool:
        forms_of_holders = [
            form
            for form in self.formsets["holders"].forms
            if form.cleaned_data.get("since") and not form.cleaned_data.get("DELETE")
        ]
        for position, later in enumerate(forms_of_holders):
            for earlier in forms_of_holders[:position]:
                if later.instance.overlaps(earlier.instance):
                    later.add_error("since", _("Somebody else holds this office at that time."))
                    return False
        return True
