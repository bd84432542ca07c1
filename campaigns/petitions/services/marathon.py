"""Several cases of an edition with one press, by somebody whom a device or a mailed link knows."""

from collections.abc import Sequence
from datetime import datetime

from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.wordings import Wording

from ..models import Edition, Petition, Signature
from .signing import NOWHERE, Origin, PetitionClosed, sign_as_known


def sign_marathon_as_known(
    *,
    edition: Edition,
    petitions: Sequence[Petition],
    supporter: Supporter,
    country: str,
    method: Consent.Method,
    language: str,
    wording: Wording,
    now: datetime,
    origin: Origin = NOWHERE,
    passes_on_name: bool = True,
) -> list[Signature]:
    """Sign the petitions of an edition that are open, as `sign_as_known` does. Confirmed at once.

    `wording` is what stood above the one button. Raises PetitionClosed where the edition is not
    open, or none of the petitions.
    """
    if not edition.is_open(at=now):
        raise PetitionClosed(str(edition))
    return sign_as_known(
        petitions=petitions,
        supporter=supporter,
        country=country,
        method=method,
        language=language,
        wordings={petition.pk: wording for petition in petitions},
        now=now,
        origin=origin,
        passes_on_name=passes_on_name,
    )
