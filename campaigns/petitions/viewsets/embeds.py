"""Partner sites that may show our petitions in a frame, and what they put into their pages."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.facts import FactViewSet
from campaigns.workspaces import Cell, Section

from ..models import EmbedPartner, Petition

SCRIPT_END = "</script>"


class EmbedPartnerViewSet(FactViewSet):
    model = EmbedPartner
    # Signatures are noted with the code.
    stable_fields = ("code",)
    icon = "link-external"
    menu_label = _("Partner sites")
    form_fields = ["name", "origin", "code", "is_active"]
    list_display = ["name", "origin", "code", "is_active"]
    search_fields = ["name", "origin"]


def snippet(petition: Petition, partner: EmbedPartner) -> str:
    """The two tags that show a petition on a partner's page."""
    script = f"{settings.BASE_URL}{reverse('petition_embed_script')}"
    return (
        f'<div data-obstinate-petition="{petition.reference}"'
        f' data-lang="{settings.LANGUAGE_CODE}" data-partner="{partner.code}"></div>'
        f'<script async src="{script}">{SCRIPT_END}'
    )


def embed_section(petition: Petition) -> Section:
    """What partner sites put into their pages to show this petition, for its workspace."""
    partners = list(EmbedPartner.objects.filter(is_active=True))
    index = reverse(f"{embed_partner_viewset.name}:index")
    return Section(
        _("On other sites"),
        [_("Partner site"), _("To be put into their page")] if partners else [],
        [
            *(
                [
                    Cell(partner, reverse(f"{embed_partner_viewset.name}:edit", args=[partner.pk])),
                    Cell(snippet(petition, partner)),
                ]
                for partner in partners
            ),
            [Cell(_("Partner sites"), index)],
        ],
        notes=[
            _(
                "Where these two tags stand, the petition can be signed. “data-lang” says in which"
                " language: %(codes)s. Other sites than these see nothing."
            )
            % {"codes": ", ".join(code for code, _name in settings.LANGUAGES)}
        ]
        if partners
        else [_("No site shows our petitions yet. Add the ones that may as partner sites.")],
    )


embed_partner_viewset = EmbedPartnerViewSet("embed_partners", url_prefix="partner-sites")
