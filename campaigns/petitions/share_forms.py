"""What somebody types to pass a petition on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .sharing import LONGEST_HOST, NoServer, server_in


class ServerForm(forms.Form):
    """The Mastodon server that somebody is at home on. Nothing of it is stored."""

    server = forms.CharField(
        label=_("Your server"),
        max_length=LONGEST_HOST,
        help_text=_("What stands behind the second @ of your name there: mastodon.social."),
        widget=forms.TextInput(
            {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the name of your server.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "mastodon-%s")
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    def clean_server(self) -> str:
        try:
            return server_in(self.cleaned_data["server"])
        except NoServer as problem:
            raise forms.ValidationError(
                _("This is no name of a server. It looks like mastodon.social.")
            ) from problem
