"""The consent ledger: lines are added to it, and nothing else happens to it."""

from datetime import datetime

from campaigns.outbox.inserts import insert_once
from campaigns.outbox.services import press_key

from ..models import Consent
from ..wordings import Wording, keep_wording


def record_consent(
    *,
    supporter_id: int,
    purpose: Consent.Purpose,
    channel: Consent.Channel,
    method: Consent.Method,
    action: Consent.Action,
    about: str,
    language: str,
    now: datetime,
    wording: Wording | None = None,
    page_id: int | None = None,
    block_id: str = "",
    proof: str = "",
    occasion: str = "",
) -> None:
    """Add one line to the consent ledger; presses on a form within a moment are one line.

    `occasion` names what can be agreed to only once: a second line about it is not added.
    Raises IntegrityError for consent GIVEN to no words.
    """
    told = f"{supporter_id}:{about}:{channel}:{action}"
    if occasion:
        dedupe_key = occasion
    elif action == Consent.Action.GIVEN:
        dedupe_key = press_key(occasion=told, now=now)
    else:
        dedupe_key = f"{told}:{now.isoformat()}"
    line = Consent(
        supporter_id=supporter_id,
        purpose=purpose,
        channel=channel,
        method=method,
        action=action,
        about=about,
        wording_id=keep_wording(wording, now=now) if wording else None,
        language=language,
        page_id=page_id,
        block_id=block_id,
        proof=proof,
        recorded_at=now,
        dedupe_key=dedupe_key,
    )
    insert_once(line, "dedupe_key")
