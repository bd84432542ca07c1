"""The signing form as a block for any page body."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.cases.models import Case
from campaigns.source_codes import source_in

from . import selectors
from .choosers import PetitionChooserBlock
from .forms import SignForm


def sign_context(
    petition_id: int,
    page_id: int | None,
    *,
    case: Case | None = None,
    auto_id: str = "sign-%s",
    source: str = "",
) -> dict[str, Any] | None:
    """What `blocks/sign.html` needs: the unbound form, the figure, the words agreed to.

    `case` spares reading the petition's again. None where the case may not be shown.
    """
    petition = selectors.petition(pk=petition_id)
    now = timezone.now()
    if case is not None and case.pk == petition.case_id:
        petition.case = case
    if not petition.case.is_public():
        return None
    return {
        "petition": petition,
        "progress": selectors.progress(petition),
        "policy": selectors.policy(petition, now=now),
        "is_open": petition.is_open(at=now),
        "form": SignForm(initial={"page": page_id, "source": source}, auto_id=auto_id).follow(
            petition
        ),
        "wording": selectors.wording_of(petition, get_language() or settings.LANGUAGE_CODE).text,
    }


class SignBlock(blocks.StructBlock):
    """A form for one petition. The petition is a fact; demand and button are words."""

    petition = PetitionChooserBlock(
        label=_("Petition"),
        required=False,
        help_text=_("Leave empty on a page that has its own petition."),
    )
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    demand = blocks.TextBlock(
        label=_("Demand"),
        required=False,
        default="",
        help_text=_("What is asked of whom, in two to four sentences."),
    )
    button = blocks.CharBlock(
        label=_("Button"),
        max_length=30,
        required=False,
        default="",
        help_text=_("Says what happens: “Sign for Ana”. Leave empty for the standard wording."),
    )

    class Meta:
        icon = "edit"
        label = _("Signing form")
        template = "blocks/sign.html"
        mail_template = "blocks/mail/sign.mjml"
        text_template = "blocks/mail/sign.txt"
        description = _("Readers sign a petition without leaving the page.")
        preview_value = {
            "petition": None,
            "heading": _("Sign for a fair trial"),
            "demand": _("We ask the Minister of Justice to release her at once."),
            "button": "",
        }

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        page = (parent_context or {}).get("page")
        request = (parent_context or {}).get("request")
        petition = value.get("petition") or getattr(page, "petition", None)
        if petition is not None:
            # The page may have a form of its own, with the plain ids.
            auto_id = f"sign-{petition.reference}-%s"
            known = sign_context(
                petition.pk,
                getattr(page, "pk", None),
                auto_id=auto_id,
                source=source_in(request.GET) if request else "",
            )
            context.update(known or {"is_withdrawn": True})
        return context
