"""The sign-up form as a block for any page body."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .forms import SignUpForm
from .wordings import subscription_wording


class SignUpBlock(blocks.StructBlock):
    """A form to receive mails: which formulas, in which language, at which address."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    introduction = blocks.TextBlock(label=_("Introduction"), required=False, default="")
    button = blocks.CharBlock(
        label=_("Button"),
        max_length=40,
        required=False,
        default="",
        help_text=_("Says what happens. Leave empty for the standard wording."),
    )

    class Meta:
        icon = "mail"
        label = _("Sign-up form")
        template = "blocks/sign_up.html"
        mail_template = "blocks/mail/sign_up.mjml"
        text_template = "blocks/mail/sign_up.txt"
        description = _("Readers choose which mails they want and type their address.")
        preview_value = {
            "heading": _("Write when it matters"),
            "introduction": _("Choose how often you would like to hear from us."),
            "button": "",
        }

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        language = get_language() or ""
        page = (parent_context or {}).get("page")
        context["form"] = SignUpForm(
            initial={
                "language": language,
                "page": getattr(page, "pk", None),
                # Wagtail's own: the consent says which block it was given at.
                "block": (parent_context or {}).get("id") or "",
            }
        )
        context["wording"] = subscription_wording(language).text
        return context
