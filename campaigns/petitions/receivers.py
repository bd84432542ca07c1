"""What may be shown of a case, followed by its petitions."""

from datetime import datetime

from campaigns.cases.models import Case

from . import services


def keep_names_out_of_addresses(
    sender: type[Case], *, case: Case, now: datetime, **_more: object
) -> None:
    services.keep_names_out_of_references(case=case, now=now)
