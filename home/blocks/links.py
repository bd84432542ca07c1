"""Blocks that lead on to other pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from home.destinations import destinations


class ReadTogetherBlock(blocks.StructBlock):
    """What all blocks of this kind in a body show is read when the first of them is shown."""

    def read(self, values: Sequence[blocks.StructValue]) -> Mapping[Any, Any]:
        """What these blocks show of other pages."""
        raise NotImplementedError

    def bulk_to_python(self, values: Iterable[Any]) -> list[blocks.StructValue]:
        together: list[blocks.StructValue] = super().bulk_to_python(values)
        found = SimpleLazyObject(lambda: self.read(together))
        for value in together:
            value.found = found
        return together

    def found(self, value: blocks.StructValue) -> Mapping[Any, Any]:
        """What was read for this block. One that was not stored, as in a preview, reads alone."""
        return value.found if hasattr(value, "found") else self.read([value])


class CallToActionBlock(ReadTogetherBlock):
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
        mail_template = "blocks/mail/call_to_action.mjml"
        text_template = "blocks/mail/call_to_action.txt"
        description = _("A heading, a sentence and a button to another page.")
        preview_value = {
            "heading": _("They need your letters"),
            "text": _("Choose a person and write."),
            "label": _("See the cases"),
            "page": None,
        }

    def read(self, values: Sequence[blocks.StructValue]) -> Mapping[Any, Any]:
        """Where the buttons lead, by chosen page."""
        return destinations(value["page"].pk for value in values if value.get("page"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        page = value.get("page")
        # Translations share the chosen page; readers get it in their language where it exists.
        # Where it does not, the button says which language it leads to.
        context["target"] = target = self.found(value).get(page.pk) if page else None
        if target is not None and target.language != get_language():
            context["target_language"] = target.language
        return context


class CaseCardsBlock(ReadTogetherBlock):
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
        mail_template = "blocks/mail/cases.mjml"
        text_template = "blocks/mail/cases.txt"
        description = _("Cards that lead to case pages, with picture and badge.")
        preview_value = {"heading": _("Three people"), "introduction": "", "cases": []}

    def read(self, values: Sequence[blocks.StructValue]) -> Mapping[Any, Any]:
        """The cards of all chosen cases, by what a page and its translations have in common."""
        from home.selectors import case_cards_of

        pages = {page.pk: page for value in values for page in value.get("cases", []) if page}
        return {card.page.translation_key: card for card in case_cards_of(pages.values())}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        found = self.found(value)
        cards = [found.get(page.translation_key) for page in value.get("cases", []) if page]
        context["cards"] = [card for card in cards if card]
        return context
