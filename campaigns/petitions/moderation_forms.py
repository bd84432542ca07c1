"""What those who read messages of solidarity decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.workspaces import TransitionForm

REASON_HELP = _("Its writer can read this on their own page: a friendly word on what was amiss.")


class RefuseForm(TransitionForm):
    """Why one message is not passed on."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=REASON_HELP,
        error_messages={"required": _("Please give a reason.")},
    )


class TickedForm(forms.Form):
    """Several messages at once: approved, or refused for one reason."""

    APPROVE, REFUSE = "approve", "refuse"

    messages = forms.TypedMultipleChoiceField(
        error_messages={
            "required": _("Tick the messages first."),
            "invalid_choice": _("One of them is not in this list any more. Please look again."),
        }
    )
    decision = forms.ChoiceField(choices=[(APPROVE, APPROVE), (REFUSE, REFUSE)])
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=REASON_HELP
    )

    def __init__(self, *args: Any, keys: list[str], **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        field: Any = self.fields["messages"]
        field.choices = [(key, key) for key in keys]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == self.REFUSE and not data.get("reason"):
            self.add_error("reason", _("Please give a reason."))
        return data
