"""Forgetting somebody, by the list of what is held (`campaigns.personal_data`) and no other."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Model, QuerySet

from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import Suppression
from campaigns.outbox.services import suppress
from campaigns.personal_data import Holding, holdings

from ..models import Supporter
from ..selectors.holdings import rows_about, subject_of
from ..signals import supporter_erased


@transaction.atomic
def erase_supporter(*, supporter: Supporter, now: datetime) -> dict[str, int]:
    """Delete or blank all that is held about somebody who asked for it.

    Returns the number of rows by model. The mailbox is not imported and gets nothing of formulas
    from now on, until its owner confirms a new sign-up; both by its keyed hash. The erasure is
    in the ledger outside the database. What lies in files goes after the commit.
    """
    for scope in (Suppression.Scope.IMPORT, Suppression.Scope.SUBSCRIBED):
        suppress(mailbox=supporter.mailbox, scope=scope, reason=Suppression.Reason.ERASURE, now=now)
    suppression_ledger.note("erased", supporter.mailbox, now=now, supporter=supporter.pk)
    touched = forget_supporter(supporter=supporter, now=now)
    tell_after_commit(now=now)
    return touched


@transaction.atomic
def forget_supporter(*, supporter: Supporter, now: datetime) -> dict[str, int]:
    """Delete or blank all that is held about somebody, who may come back by any way.

    Returns the number of rows by model.
    """
    # Nobody signs in between: a new signature of theirs waits for this row, and then finds none.
    list(Supporter.objects.select_for_update().filter(pk=supporter.pk).values_list("pk"))
    subject = subject_of(supporter)
    touched = {}
    for holding in holdings():
        count = forget_rows(holding, rows_about(holding, subject))
        if count:
            touched[holding.model._meta.label] = count
    return touched


def tell_after_commit(*, now: datetime) -> None:
    """Let go what lies outside the database and may hold the person, such as files of exports."""
    transaction.on_commit(partial(supporter_erased.send, sender=Supporter, now=now), robust=True)


def forget_rows(holding: Holding, rows: QuerySet[Model]) -> int:
    """Do with these rows what their declaration says of an erasure; returns how many."""
    if holding.deletes_rows:
        count = rows.count()
        rows.delete()
        return count
    return rows.update(**holding.blanks) if holding.blanks else 0


def rows_to_forget(*, supporter: Supporter) -> dict[str, int]:
    """How many rows of which model an erasure would delete or blank. Changes nothing."""
    subject = subject_of(supporter)
    counts = {
        holding.model._meta.label: rows_about(holding, subject).count()
        for holding in holdings()
        if holding.deletes_rows or holding.blanks
    }
    return {label: count for label, count in counts.items() if count}
