"""What may be shown of a case, followed by the case itself."""

from datetime import datetime

from django.db import transaction

from . import selectors, services
from .models import Case


def follow_exposure(sender: type[Case], *, case: Case, now: datetime, **_more: object) -> None:
    services.keep_names_out_of_reference(case=case, now=now)
    selectors.forget_withheld_names()
    # Somebody may have read them again before this was committed.
    transaction.on_commit(selectors.forget_withheld_names, robust=True)
