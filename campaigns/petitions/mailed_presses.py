"""The links with which a mailing lets its readers sign with one press."""

from datetime import datetime

from campaigns.source_codes import clean_source

from .links import SIGN_ONE


def sign_one_link(
    *, supporter_id: int, petition_id: int, source: str, language: str, now: datetime
) -> str:
    """The absolute link for one reader of one mailing, in their language.

    `source` is the mailing's code in the figures; what is no code is left out. The link lasts as
    long as its petition, and knows its reader only while nobody has said "that was not me" since
    `now`.
    """
    return SIGN_ONE.address(
        {
            "supporter": supporter_id,
            "petition": petition_id,
            "source": clean_source(source),
            "at": now.timestamp(),
        },
        language=language,
    )
