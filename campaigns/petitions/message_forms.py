"""What the public types to write to a person in danger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.fields import AddressField, AgeField, NameField, PageField
from campaigns.supporters.guards import GuardedForm
from campaigns.supporters.misspellings import AddressQuestionForm
from campaigns.supporters.services import Person

from .message_text import LONGEST_MESSAGE, LONGEST_TYPED, parse_message
from .services import MessageWords


class MessageField(forms.CharField):
    """A message of solidarity. Cleans to plain text (`message_text.parse_message`).

    Without `maxlength`: a browser would cut a pasted text in silence, where the form explains.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Your message"))
        options.setdefault("help_text", _("In any language, up to 1,000 characters."))
        options.setdefault(
            "widget", forms.Textarea({"rows": 8, "data-longest": LONGEST_MESSAGE, "dir": "auto"})
        )
        options.setdefault("error_messages", {"required": _("Please write a few words.")})
        super().__init__(strip=True, **options)

    def to_python(self, value: Any) -> str:
        # Before Django's own validators, which would answer in a less helpful way.
        typed = super().to_python(value)
        return parse_message(typed) if typed else ""


class MessageForm(forms.Form):
    """The message and the name below it: all that is asked of whom we know."""

    text = MessageField()
    signed_as = NameField(
        label=_("First name or initials"),
        autocomplete="off",
        help_text=_("This stands below your message. Please no last name."),
        error_messages={"required": _("Please type your first name or your initials.")},
    )
    page = PageField()

    def __init__(self, *args: Any, wants_initials: bool = False, **options: Any) -> None:
        options.setdefault("auto_id", "message-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        if wants_initials:
            field = self.fields["signed_as"]
            field.label = _("Your initials")
            field.help_text = _(
                "Nothing but initials stands below messages to this person, for safety."
                " Of a name we keep only its first letters."
            )
            field.error_messages["required"] = _("Please type your initials.")
        typed = str(self.data.get(self.add_prefix("text"), "")) if self.is_bound else ""
        if len(typed) > LONGEST_TYPED + 1:
            # A whole book is not sent back, and looked at no further than that it is one.
            sent: Any = self.data
            self.data = sent = sent.copy()
            sent[self.add_prefix("text")] = typed[: LONGEST_TYPED + 1]

    def words(self) -> MessageWords:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return MessageWords(text=data["text"], signed_as=data["signed_as"])


class NewMessageForm(AddressQuestionForm, GuardedForm, MessageForm):
    """The same with an address, to ask its owner whether the message is theirs."""

    email = AddressField(help_text=_("We send one mail to confirm. Nobody else gets this address."))
    age = AgeField()

    field_order = ("text", "signed_as", "email", "age")

    def person(self) -> Person:
        """The cleaned form; only after `is_valid()`."""
        data = self.cleaned_data
        return Person(email=data["email"], is_minor=data["age"].is_minor)
