"""What staff type on the way of an urgent action."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from campaigns.localized import LabelsFormField
from campaigns.workspaces import TransitionForm

from .models import DEADLINE_ZONE, UrgentActionIssue


class ApproveForm(TransitionForm):
    """Which letters the reviewer has read."""

    languages = forms.MultipleChoiceField(
        label=_("I have read the letters in"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Only approved letters are shown. At least one is needed to open."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = {
            letter.language: letter.get_language_display() for letter in self.instance.letters.all()
        }
        field = self.fields["languages"]
        field.choices = list(found.items())  # type: ignore[attr-defined]


class ScheduleForm(TransitionForm):
    """When it opens."""

    opens_at = forms.DateTimeField(label=_("Opens at"), widget=AdminDateTimeInput)


class StopForm(TransitionForm):
    """Why people should write no more. Quick: nothing but the reason has to be filled in."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=UrgentActionIssue.StopReason.choices, widget=forms.RadioSelect
    )
    words = LabelsFormField(
        label=_("In words"),
        required=False,
        max_length=280,
        help_text=_("Stands on the closed page; can be left for tomorrow."),
    )


class OutcomeForm(TransitionForm):
    """What became of it."""

    words = LabelsFormField(
        label=_("What became of it"),
        max_length=280,
        help_text=_("No more than is known; no causality."),
    )


class IssueForm(WagtailAdminModelForm):
    """The content of an issue while it is a draft."""

    def clean_act_before(self) -> Any:
        act_before = self.cleaned_data["act_before"]
        if act_before and act_before < timezone.localdate(timezone=DEADLINE_ZONE):
            raise forms.ValidationError(_("The last day to act is past."))
        return act_before
