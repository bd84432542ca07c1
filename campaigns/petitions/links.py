"""The mailed links of petitions, and the codes in links that people share."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from campaigns.source_codes import clean_source
from campaigns.supporters.links import UNCONFIRMED_LIFETIME, LinkPayload, LinkPurpose

UNDO_LIFETIME = timedelta(hours=24)
# Receipts speak for what was signed within one slice of this length.
SLICE = timedelta(minutes=10)

CONFIRM_SIGNATURE = LinkPurpose(
    "confirm-signature", "petitions:confirm_signature", UNCONFIRMED_LIFETIME
)
# Payload: supporter, edition.
CONFIRM_MARATHON = LinkPurpose(
    "confirm-marathon", "petitions:confirm_marathon", UNCONFIRMED_LIFETIME
)
# Payload: supporter, petition, source (of the mailing), at. Ends with its petition.
SIGN_ONE = LinkPurpose("sign-one", "petitions:sign_one", None)
# Payload: supporter, edition, source, at. Ends with its edition.
SIGN_MARATHON = LinkPurpose("sign-marathon", "petitions:sign_marathon_by_link", None)
# Payload: supporter, slice.
UNDO_SIGNATURES = LinkPurpose("undo-signatures", "petitions:receipt", UNDO_LIFETIME)


def receipt_slice(moment: datetime) -> int:
    """The number of the SLICE that a moment falls into, counted from 1970."""
    return int(moment.timestamp() // SLICE.total_seconds())


def slice_bounds(number: int) -> tuple[datetime, datetime]:
    """When a slice begins, and when the next one does."""
    begins = datetime.fromtimestamp(number * SLICE.total_seconds(), tz=UTC)
    return begins, begins + SLICE


PERSONAL = "by"
SHARED = "share"
_OWN_CODE = re.compile(rf"{PERSONAL}-[a-z2-7]{{12}}")


def own_code_in(query: Mapping[str, str]) -> str:
    """The code of one signer's own links (`by=`), or "" where it is none."""
    code = query.get("by", "")
    return code if _OWN_CODE.fullmatch(code) else ""


def share_code(signature_id: UUID) -> str:
    """The source of what is signed through one signer's own share links: `by-` and 12 letters.

    A keyed hash: the database alone does not tell who brought whom.
    """
    message = f"share\x1f{signature_id}".encode()
    digest = hmac.new(settings.MAILBOX_KEY.encode(), message, hashlib.sha256).digest()
    return f"{PERSONAL}-{base64.b32encode(digest)[:12].decode().lower()}"


def sign_marathon_link(
    *, supporter_id: int, edition_id: int, source: str, language: str, now: datetime
) -> str:
    """The link of one mailing to one supporter: all cases of an edition, one press."""
    payload: LinkPayload = {
        "supporter": supporter_id,
        "edition": edition_id,
        "source": clean_source(source),
        "at": now.timestamp(),
    }
    return SIGN_MARATHON.address(payload, language=language)
