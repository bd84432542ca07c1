"""The words of the letter marathon's cases."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.petitions.choosers import PetitionChooserBlock


class MarathonCaseBlock(blocks.StructBlock):
    """What the marathon says of one case. Which cases there are, and their order, are facts."""

    petition = PetitionChooserBlock(
        label=_("Petition"),
        help_text=_("One of the edition's. Which they are, and their order, is set there."),
    )
    text = blocks.TextBlock(
        label=_("Short text"),
        help_text=_("Who they are and what is asked, in two or three sentences."),
    )

    class Meta:
        icon = "user"
        label = _("Words of a case")
        template = "blocks/marathon_case.html"
        mail_template = "blocks/mail/marathon_case.mjml"
        text_template = "blocks/mail/marathon_case.txt"
        description = _("The short text of one case in the list of the letter marathon.")
        preview_value = {
            "petition": None,
            "text": _(
                "A printer who kept the names of the missing in print. She has been in prison for"
                " two years. We ask for a fair trial, in public."
            ),
        }
