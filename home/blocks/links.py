"""Blocks that lead on to other pages."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class CallToActionBlock(blocks.StructBlock):
    """One thing to do next, with a button that says what it is."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False, default="")
    label = blocks.CharBlock(
        label=_("Button"), max_length=40, help_text=_("Says what happens, such as “See the cases”.")
    )
    page = blocks.PageChooserBlock(label=_("Page"))

    class Meta:
        icon = "link"
        label = _("Call to action")
        template = "blocks/call_to_action.html"
        description = _("A heading, a sentence and a button to another page.")
        preview_value = {
            "heading": _("They need your letters"),
            "text": _("Choose a person and write."),
            "label": _("See the cases"),
            "page": None,
        }

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        page = value.get("page")
        # Translations share the chosen page; readers get it in their language where it exists.
        # Where it does not, the button says which language it leads to.
        context["target"] = target = page.localized if page else None
        if target is not None and target.locale.language_code != get_language():
            context["target_language"] = target.locale.language_code
        return context


class CaseCardsBlock(blocks.StructBlock):
    """Chosen cases as cards."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    introduction = blocks.TextBlock(label=_("Introduction"), required=False, default="")
    cases = blocks.ListBlock(
        blocks.PageChooserBlock(label=_("Case"), page_type="home.CasePage"), label=_("Cases")
    )

    class Meta:
        icon = "user"
        label = _("Cases")
        template = "blocks/cases.html"
        description = _("Cards that lead to case pages, with picture and badge.")
        preview_value = {"heading": _("Three people"), "introduction": "", "cases": []}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from home.selectors import case_cards_of

        context = super().get_context(value, parent_context=parent_context)
        context["cards"] = case_cards_of([page for page in value.get("cases", []) if page])
        return context
