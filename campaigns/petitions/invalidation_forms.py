"""What staff say of signatures that should not count."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from campaigns.workspaces import TransitionForm

from .figures import groups_by
from .labels import country_words, network_words, partner_names, source_words
from .models import Petition, Tally
from .services.invalidating import Conditions
from .trends import Stream, domains_of, networks_of

Choices = list[tuple[str, str]]
# In front of a source, whose code may be empty: "directly" is a choice, too.
SOURCE_MARK = "="


class CountForm(TransitionForm):
    """Conditions, all of which have to be true. Networks and domains come by what signed."""

    network = forms.ChoiceField(
        label=_("Network"),
        required=False,
        help_text=_("A part of the internet of a customer's size; known for 30 days."),
    )
    domain = forms.ChoiceField(
        label=_("Domain of the e-mail address"),
        required=False,
        help_text=_("Those of at least five people."),
    )
    source = forms.ChoiceField(label=_("Source"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("any")), *settings.LANGUAGES]
    )
    signed_from = forms.DateTimeField(
        label=_("Signed from"), required=False, widget=AdminDateTimeInput
    )
    signed_until = forms.DateTimeField(
        label=_("Signed before"), required=False, widget=AdminDateTimeInput
    )
    only = forms.ChoiceField(
        label=_("Which of them"),
        required=False,
        choices=[
            ("", _("all of them")),
            ("unconfirmed", _("only unconfirmed ones")),
            ("held", _("only held ones")),
        ],
    )
    reason = forms.CharField(
        label=_("Why should they not count?"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("It stays in the log, with your name. Please name nobody."),
    )

    def __init__(self, *args: Any, instance: Petition, **options: Any) -> None:
        super().__init__(*args, instance=instance, **options)
        tally = getattr(instance, "tally", None) or Tally()
        partners = partner_names()
        found: dict[str, Choices] = {
            "network": _streams(networks_of(instance), network_words),
            "domain": _streams(domains_of(instance), str),
            "source": [
                (f"{SOURCE_MARK}{group.key}", source_words(group.key, partners))
                for group in groups_by(instance, tally, "source")
                if group.key is not None
            ],
            "country": [
                (group.key, country_words(group.key))
                for group in groups_by(instance, tally, "country")
                if group.key
            ],
        }
        for name, choices in found.items():
            self.fields[name].choices = [("", _("any")), *choices]  # type: ignore[attr-defined]
        self._complete_network(found["network"])

    def _complete_network(self, networks: Choices) -> None:
        """An address names a network by its first digits alone."""
        digits = self.initial.get("network")
        if digits:
            self.initial["network"] = next(
                (key for key, _words in networks if key.startswith(digits)), ""
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        begins, ends = data.get("signed_from"), data.get("signed_until")
        if begins and ends and begins >= ends:
            self.add_error("signed_until", _now("This is not after the beginning."))
        return data

    def arguments(self) -> dict[str, Any]:
        """Conditions and reason; only after `is_valid()`."""
        data = self.cleaned_data
        source = data["source"]
        conditions = Conditions(
            network=data["network"],
            domain=data["domain"],
            source=source.removeprefix(SOURCE_MARK) if source else None,
            country=data["country"],
            language=data["language"],
            signed_from=data["signed_from"],
            signed_until=data["signed_until"],
            only_unconfirmed=data["only"] == "unconfirmed",
            only_held=data["only"] == "held",
        )
        return {"conditions": conditions, "reason": data["reason"]}


def _streams(streams: list[Stream], words: Any) -> Choices:
    return [(stream.key, f"{words(stream.key)}: {stream.number}") for stream in streams]
