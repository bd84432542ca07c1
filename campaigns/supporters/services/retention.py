"""Nothing is kept longer than its rule says: the daily round."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from campaigns.personal_data import Holding, Keep, holdings

from ..models import Supporter
from .erasure import forget_rows, forget_supporter

CHUNK = 500


def forget_what_is_due(*, now: datetime, until: datetime | None = None) -> dict[str, int]:
    """Treat all rows that have been kept long enough as in an erasure; returns how many, by rule.

    Each chunk is a transaction, so that a round may be killed and taken up again at any time.
    Begins nothing new after `until`; the next round goes on.
    """
    started = datetime.now(tz=now.tzinfo)
    done: dict[str, int] = {}
    for holding, keep, is_gone in _rules():
        last = None
        while until is None or now + (datetime.now(tz=now.tzinfo) - started) < until:
            due = _due(holding, keep, now)
            if last is not None:
                due = due.filter(pk__gt=last)
            chunk = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if not chunk:
                break
            last = chunk[-1]
            count = _forget(holding, keep, chunk, now=now, is_gone=is_gone)
            name = _name(holding, keep)
            done[name] = done.get(name, 0) + count
    return done


def what_is_due(*, now: datetime) -> dict[str, int]:
    """How many rows each rule would take now. Changes nothing."""
    return {
        _name(holding, keep): _due(holding, keep, now).count()
        for holding, keep, _is_gone in _rules()
    }


def _rules() -> Iterator[tuple[Holding, Keep, bool]]:
    """Each rule that time brings about, and whether it deletes whatever is left of a row."""
    for holding in holdings():
        if holding.keep is not None and holding.keep.due is not None:
            yield holding, holding.keep, False
        if holding.gone is not None and holding.gone.due is not None:
            yield holding, holding.gone, True


def _name(holding: Holding, keep: Keep) -> str:
    return f"{holding.model._meta.label}: {keep.policy}"


def _due(holding: Holding, keep: Keep, now: datetime) -> QuerySet[Model]:
    due = keep.due(now) if keep.due else Q(pk__in=[])
    return holding.model._default_manager.filter(due)


def _forget(
    holding: Holding, keep: Keep, chunk: list[object], *, now: datetime, is_gone: bool
) -> int:
    """Forget these rows, if they still are due: somebody may have confirmed meanwhile."""
    if holding.model is Supporter:
        return sum(_forget_one(holding, keep, key, now=now) for key in chunk)
    with transaction.atomic():
        rows = _due(holding, keep, now).filter(pk__in=chunk)
        if is_gone:
            count = rows.count()
            rows.delete()
            return count
        return forget_rows(holding, rows)


@transaction.atomic
def _forget_one(holding: Holding, keep: Keep, key: object, *, now: datetime) -> int:
    due = _due(holding, keep, now).select_for_update(of=("self",)).filter(pk=key)
    for supporter in due:
        forget_supporter(supporter=supporter, now=now)  # type: ignore[arg-type]
    return len(due)
