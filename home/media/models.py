"""Pictures and documents, with what a picture of a person in danger has to carry."""

import uuid
from pathlib import PurePosixPath

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, ImageQuerySet
from wagtail.images.models import Image as WagtailImage


class OfCase(models.Model):
    """A file that belongs to a case, and disappears with it."""

    case = models.ForeignKey(
        "cases.Case",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("case"),
        help_text=_("Whose consent decides. Empty where nobody in danger is shown or named."),
    )
    # Its file has another name now, which nobody outside knows.
    withheld_at = models.DateTimeField(_("withheld at"), null=True, editable=False)

    class Meta:
        abstract = True


class CustomImage(AbstractImage, OfCase):
    """A picture: who made it, under which licence, and who agreed that it is shown."""

    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who made it, as it is to be printed.")
    )
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    consent_reference = models.CharField(
        _("consent reference"),
        max_length=120,
        blank=True,
        help_text=_("Where the consent of the person shown is filed. Never shown to the public."),
    )

    admin_form_fields = (
        *WagtailImage.admin_form_fields,
        "case",
        "credit",
        "licence",
        "consent_reference",
    )

    objects = ImageQuerySet.as_manager()

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return str(self.title)

    def get_upload_to(self, filename: str) -> str:
        """A name that says nothing: people name pictures after those whom they show."""
        return f"original_images/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()}"

    def may_be_shown(self) -> bool:
        """Whether consent to show it is valid today. Costs queries only where a case is named."""
        return self.case is None or (self.case.is_public() and self.case.shows_image)


def shown(image: CustomImage | None) -> CustomImage | None:
    """The picture, if it may be shown today."""
    return image if image is not None and image.may_be_shown() else None


class CustomRendition(AbstractRendition):
    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class CustomDocument(AbstractDocument, OfCase):
    """A file to download."""

    licence = models.CharField(_("licence"), max_length=120, blank=True)

    admin_form_fields = ("title", "file", "case", "licence", "collection", "tags")

    objects = DocumentQuerySet.as_manager()

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.title)

    def may_be_shown(self) -> bool:
        """Whether its case may be read about today."""
        return self.case is None or self.case.is_public()
