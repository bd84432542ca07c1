"""Petitions in frames on partner sites: which sites may, and what their signatures are noted as."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from campaigns.memory import remembered

from .models import EmbedPartner, Petition

# The source of what is signed in a frame that names no partner of ours.
EMBED = "embed"


@remembered
def _partners(is_active: bool) -> dict[str, str]:
    """The origins of partner sites by source code. One query a second."""
    found = EmbedPartner.objects.filter(is_active=is_active)
    return dict(found.values_list("code", "origin"))


def allowed_origins() -> list[str]:
    """The sites that may show our petitions in a frame, as `https://partner.example.org`."""
    return sorted(_partners(True).values())


@dataclass(frozen=True)
class Embed:
    """What the address of a frame says: its language, and the partner ("" none, or none of ours).

    The address alone, so that one kept copy serves every reader of that partner.
    """

    language: str
    partner: str = ""

    @property
    def source(self) -> str:
        """What a signature from there is noted with."""
        return f"{EMBED}/{self.partner}" if self.partner else EMBED

    def address(self, petition: Petition, name: str = "petition_embed") -> str:
        """The path of a frame of that petition, with language and partner."""
        said = {"lang": self.language} | ({"partner": self.partner} if self.partner else {})
        return f"{reverse(name, args=[petition.reference])}?{urlencode(said)}"


def embed_in(query: Mapping[str, str]) -> Embed:
    """What a query says; an unknown language or partner is as good as none."""
    language, partner = query.get("lang", ""), query.get("partner", "")
    return Embed(
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        partner=partner if partner in _partners(True) else "",
    )
