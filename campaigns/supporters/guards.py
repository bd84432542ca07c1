"""What keeps robots from acting in people's names: without a puzzle, a script or a third party.

What looks automatic is never refused and sees the same screen, for some of it is people: a
password manager that fills every field, a reader who is very quick. A signature is held: stored
and asked about by mail like any other, and counted once its mailbox confirms it or staff release
it. A sign-up that fell into the trap is stored and no mail is owed for it: robots that fill in
sign-up forms do it to flood the mailboxes of others. Being quick does no harm there.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Nobody reads a form, types and presses within this time after it was made.
QUICKEST = timedelta(seconds=1)
TRAP = "homepage"


class TrapField(forms.CharField):
    """A field that no person sees: whatever it holds was put there by a program.

    Its name attracts programs that fill in what they know; browsers and password managers have
    nothing to put into it. It stands in the page's flow, off screen: some skip what is hidden.
    """

    def __init__(self) -> None:
        super().__init__(
            label=_("Please leave this field empty"),
            required=False,
            widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> bool:
        """Whether something was typed; never an error, for nobody would see it."""
        return bool(value)


class MomentField(forms.IntegerField):
    """When the form was made, in Unix seconds. Nonsense is left out: it proves nothing."""

    def __init__(self) -> None:
        super().__init__(
            widget=forms.HiddenInput,
            required=False,
            initial=lambda: int(timezone.now().timestamp()),
        )

    def clean(self, value: Any) -> datetime | None:
        try:
            return datetime.fromtimestamp(super().clean(value), tz=UTC)
        except (forms.ValidationError, TypeError, ValueError, OverflowError, OSError):
            return None


class GuardedForm(forms.Form):
    """A public form that notices programs. `components/guards.html` renders what it adds."""

    homepage = TrapField()
    shown_at = MomentField()

    def visible_fields(self) -> list[forms.BoundField]:
        """The fields for people."""
        return [field for field in super().visible_fields() if field.name != TRAP]

    def looks_automatic(self, *, now: datetime) -> bool:
        """Whether a program seems to have sent it; only after `is_valid()`.

        Pages are cached, so `shown_at` says how old a form is at most and never at least.
        """
        shown_at = self.cleaned_data.get("shown_at")
        was_quick = shown_at is not None and timedelta(0) <= now - shown_at < QUICKEST
        return self.fell_into_the_trap or was_quick

    @property
    def fell_into_the_trap(self) -> bool:
        """Whether the field that no person sees was filled in; only after `is_valid()`."""
        return bool(self.cleaned_data.get(TRAP))
