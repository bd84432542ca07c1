"""Blocks of words: the leaves of every page body.

wagtail-localize loses text below two levels of StructBlock, so a list stands directly inside its
block and its items hold no further lists or pictures; optional text has `default=""`.
"""

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.cases.choosers import CaseChooserBlock
from campaigns.cases.models import CaseConsent


class HeadingBlock(blocks.CharBlock):
    """A heading of the second level; the table of contents links to it."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"
        mail_template = "blocks/mail/heading.mjml"
        text_template = "blocks/mail/heading.txt"
        description = _("Begins a part of the page and appears in its table of contents.")
        preview_value = _("What an urgent action is")

    def get_context(self, value: str, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context=parent_context)
        context["anchor"] = slugify(value)
        return context


class ParagraphBlock(blocks.RichTextBlock):
    """Running text."""

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "blocks/paragraph.html"
        mail_template = "blocks/mail/paragraph.mjml"
        text_template = "blocks/mail/paragraph.txt"
        description = _("Paragraphs and lists, with bold, italic and links.")
        preview_value = _("<p>Somebody is waiting for a letter. <b>Yours.</b></p>")


class TimelineEventBlock(blocks.StructBlock):
    date = blocks.CharBlock(label=_("Date"), max_length=60, help_text=_("In words."))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False, default="")

    class Meta:
        icon = "date"
        label = _("Event")
        template = "blocks/timeline_event.html"
        description = _("One dated event.")
        preview_value = {"date": "3 October 2026", "title": _("Released"), "text": ""}


class TimelineBlock(blocks.StructBlock):
    """What happened, in order."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    events = blocks.ListBlock(TimelineEventBlock(), label=_("Events"))

    class Meta:
        icon = "history"
        label = _("Timeline")
        template = "blocks/timeline.html"
        mail_template = "blocks/mail/timeline.mjml"
        text_template = "blocks/mail/timeline.txt"
        description = _("Dated events, oldest first.")
        preview_value = {
            "heading": _("What happened"),
            "events": [
                {"date": "14 February 2026", "title": _("Arrested"), "text": ""},
                {"date": "3 October 2026", "title": _("Released"), "text": ""},
            ],
        }


class TestimonyBlock(blocks.StructBlock):
    """Somebody's words, with who they are and what became of them."""

    quote = blocks.TextBlock(label=_("Words"))
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    role = blocks.CharBlock(label=_("Who they are"), max_length=160, required=False, default="")
    context = blocks.TextBlock(
        label=_("What happened"),
        required=False,
        default="",
        help_text=_("With the nuance that the facts need: freed is not always free."),
    )
    case = CaseChooserBlock(
        label=_("Case"),
        required=False,
        help_text=_("Shown while that person’s consent to quotations holds."),
    )

    class Meta:
        icon = "openquote"
        label = _("Testimony")
        template = "blocks/testimony.html"
        mail_template = "blocks/mail/testimony.mjml"
        text_template = "blocks/mail/testimony.txt"
        description = _("What a person said, and what came of it.")
        preview_value = {
            "quote": _("I knew that I was not forgotten."),
            "name": "Ana Drovik",
            "role": _("Printer"),
            "context": "",
            "case": None,
        }

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        case = value.get("case")
        context["is_withheld"] = case is not None and not (
            case.is_public() and case.permits(CaseConsent.Scope.QUOTE)
        )
        return context


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False, default="")

    class Meta:
        icon = "list-ol"
        label = _("Step")
        template = "blocks/step.html"
        mail_template = "blocks/mail/step.mjml"
        text_template = "blocks/mail/step.txt"
        description = _("One thing to do.")
        preview_value = {"title": _("Write in your own words"), "text": ""}


class StepsBlock(blocks.StructBlock):
    """Numbered steps."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "blocks/steps.html"
        mail_template = "blocks/mail/steps.mjml"
        text_template = "blocks/mail/steps.txt"
        description = _("Numbered steps: what to do, or how it works.")
        preview_value = {
            "heading": _("How it works"),
            "steps": [
                {"title": _("Read"), "text": ""},
                {"title": _("Write in your own words"), "text": ""},
            ],
        }


class FactBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Label"), max_length=60)
    value = blocks.CharBlock(label=_("Value"), max_length=200)

    class Meta:
        icon = "list-ul"
        label = _("Fact")
        template = "blocks/fact.html"
        description = _("One fact with its label.")
        preview_value = {"label": _("Country"), "value": "Orvania"}


class FactsBlock(blocks.StructBlock):
    """A short table of facts."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"))

    class Meta:
        icon = "list-ul"
        label = _("Facts")
        template = "blocks/facts.html"
        mail_template = "blocks/mail/facts.mjml"
        text_template = "blocks/mail/facts.txt"
        description = _("Labelled facts: where, since when, accused of what.")
        preview_value = {
            "heading": _("In short"),
            "facts": [{"label": _("Country"), "value": "Orvania"}],
        }


class PersonBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    country = blocks.CharBlock(label=_("Country"), max_length=80, required=False, default="")
    text = blocks.TextBlock(label=_("Text"), required=False, default="")

    class Meta:
        icon = "user"
        label = _("Person")
        template = "blocks/person.html"
        description = _("One person in a list.")
        preview_value = {"name": "Ana Drovik", "country": "Orvania", "text": ""}


class PeopleBlock(blocks.StructBlock):
    """A list of people, such as the ten of a letter marathon."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    introduction = blocks.TextBlock(label=_("Introduction"), required=False, default="")
    people = blocks.ListBlock(PersonBlock(), label=_("People"))

    class Meta:
        icon = "group"
        label = _("List of people")
        template = "blocks/people.html"
        mail_template = "blocks/mail/people.mjml"
        text_template = "blocks/mail/people.txt"
        description = _("People with their country and a few words each.")
        preview_value = {
            "heading": _("Ten people"),
            "introduction": "",
            "people": [{"name": "Ana Drovik", "country": "Orvania", "text": ""}],
        }
