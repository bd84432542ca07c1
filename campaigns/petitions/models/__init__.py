"""What people sign, and what becomes of it."""

from .editions import Edition, EditionPetition, SolidarityMessage
from .embeds import EmbedPartner
from .invalidations import Invalidation
from .petitions import Petition, PetitionQuerySet
from .signatures import Signature
from .tallies import Milestone, Tally, TallyPart

__all__ = [
    "Edition",
    "EditionPetition",
    "EmbedPartner",
    "Invalidation",
    "Milestone",
    "Petition",
    "PetitionQuerySet",
    "Signature",
    "SolidarityMessage",
    "Tally",
    "TallyPart",
]
