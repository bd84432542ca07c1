"""Pictures in a page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock


class PictureBlock(blocks.StructBlock):
    """A picture with a caption; the alternative text belongs to this use of it."""

    picture = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=200, required=False, default="")

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "blocks/picture.html"
        mail_template = "blocks/mail/picture.mjml"
        text_template = "blocks/mail/picture.txt"
        description = _("A picture in the width of the text, with its credit.")
        preview_value = {"picture": None, "caption": _("A letter that keeps arriving")}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        picture = value.get("picture")
        # A person's picture shows under that person's consent, on whatever page it stands.
        context["is_withheld"] = picture is not None and not picture.may_be_shown()
        return context


class DownloadBlock(blocks.StructBlock):
    """A file: part of the kit to act with, or something to read."""

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    use = blocks.ChoiceBlock(
        label=_("Use"),
        choices=[
            ("kit", _("to act with: letter, petition sheet, poster")),
            ("reading", _("to read")),
        ],
        default="reading",
    )

    class Meta:
        icon = "doc-full"
        label = _("File to download")
        template = "blocks/download.html"
        description = _("A file with its title, for the kit or to read.")
        preview_value = {"document": None, "title": _("Petition sheet"), "use": "kit"}
