"""The references of petitions, which are parts of addresses."""

from datetime import datetime

from django.db import transaction

from campaigns.cases.models import Case
from campaigns.cases.selectors import is_named_in

from ..models import Petition


@transaction.atomic
def keep_names_out_of_references(*, case: Case, now: datetime) -> None:
    """Give the petitions of a case other references where theirs hold a name not to be shown.

    Of a case that is removed for ever the petitions keep no words either.
    """
    case = Case.objects.with_exposure().get(pk=case.pk)
    is_removed = case.state == Case.State.REMOVED
    for petition in Petition.objects.filter(case=case):
        is_named = case.is_public(at=now) and is_named_in(petition.reference, case, now=now)
        if is_removed or is_named:
            Petition.objects.filter(pk=petition.pk).update(reference=f"petition-{petition.pk}")
        if is_removed:
            Petition.objects.filter(pk=petition.pk).update(handover_words={}, share_words={})
