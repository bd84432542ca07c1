"""What of a mailing decides whom it reaches."""

from .audience_rows import Occasion
from .models import Mailing


def occasion_of(mailing: Mailing) -> Occasion:
    """The occasion of a mailing whose words have been frozen."""
    return Occasion(
        languages=tuple(mailing.contents.values_list("language", flat=True)),
        falls_back=mailing.falls_back,
        case_id=mailing.case_id,
        petition_id=mailing.petition_id,
        is_stop=mailing.is_stop,
        mailing_id=mailing.pk,
    )
