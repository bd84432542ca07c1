"""From an audience to one row for each candidate, and to the chunks they leave in.

In pages, each in one transaction with the mark of how far it has come: whatever kills the worker,
the next one goes on there, and nobody has two rows.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Q, Sum
from wagtail.log_actions import log

from campaigns.outbox.bulk import current_provider

from ..audience_rows import candidates
from ..models import Chunk, Delivery, Mailing
from ..occasions import occasion_of
from .stopping import reasons_to_stop, stop_for

logger = logging.getLogger(__name__)

State = Mailing.State
PAGE = 250_000
# So long the whole can be called back before the first mail leaves.
UNDO_WINDOW = timedelta(minutes=5)

_DELIVERIES = """
    INSERT INTO mailings_delivery
        (mailing_id, supporter_id, language, state, reason, chunk_number, provider_message_id)
    SELECT %s, supporter_id, content_language,
        CASE WHEN reason = '' THEN 'PENDING' ELSE 'EXCLUDED' END, reason,
        CASE WHEN reason = '' THEN %s + ((place - 1) / %s) * %s + {language_number} END, ''
    FROM (
        SELECT supporter_id, content_language, reason,
            ROW_NUMBER() OVER (PARTITION BY content_language, reason ORDER BY supporter_id) AS place
        FROM ({found}) AS found
    ) AS numbered
    WHERE 1 = 1 -- SQLite would take ON for part of a join otherwise.
    ON CONFLICT DO NOTHING
"""
_CHUNKS = """
    INSERT INTO mailings_chunk
        (mailing_id, number, language, size, state, attempts, doubts, digest, error)
    SELECT mailing_id, chunk_number, MIN(language), COUNT(*), 'OPEN', 0, 0, '', ''
    FROM mailings_delivery
    WHERE mailing_id = %s AND chunk_number >= %s
    GROUP BY mailing_id, chunk_number
"""


def begin_preparing(*, mailing: Mailing, now: datetime) -> bool:
    """A scheduled mailing whose time has come. False where somebody else was faster."""
    occasion = occasion_of(mailing)
    last = candidates(mailing.audience, occasion, now=now).aggregate(last=Max("pk"))["last"]
    return bool(
        Mailing.objects.filter(pk=mailing.pk, state=State.SCHEDULED).update(
            state=State.PREPARING,
            prepares_up_to=last or 0,
            chunk_size=current_provider().most,
            prepared_at=now,
            moved_at=now,
            problem="",
            problem_note="",
        )
    )


def prepare_page(*, mailing_id: UUID, now: datetime, page: int = PAGE) -> bool:
    """Rows for the next candidates. True while there are more of them."""
    with transaction.atomic():
        mailing = (
            Mailing.objects.select_for_update(of=("self",))
            .select_related("audience__formula", "audience__theme", "audience__case")
            .get(pk=mailing_id)
        )
        if mailing.state != State.PREPARING:
            return False
        if mailing.prepared_up_to >= mailing.prepares_up_to:
            _finish(mailing, now=now)
            return False
        found = candidates(mailing.audience, occasion_of(mailing), now=mailing.prepared_at or now)
        found = found.filter(pk__gt=mailing.prepared_up_to, pk__lte=mailing.prepares_up_to)
        upper = found.order_by("pk").values_list("pk", flat=True)[page - 1 : page].first()
        mailing.prepared_up_to = upper or mailing.prepares_up_to
        rows = _insert_rows(mailing, found.filter(pk__lte=mailing.prepared_up_to))
        mailing.candidates += rows
        mailing.moved_at = now
        mailing.save()
    return True


def _insert_rows(mailing: Mailing, found: object) -> int:
    """The page's deliveries and chunks. Returns how many candidates it had."""
    sql, parameters = (
        found.values("supporter_id", "content_language", "reason")  # type: ignore[attr-defined]
        .order_by()
        .query.sql_with_params()
    )
    codes = [code for code, _name in settings.LANGUAGES]
    number = " ".join(f"WHEN '{code}' THEN {place}" for place, code in enumerate(codes))
    statement = _DELIVERIES.format(
        found=sql, language_number=f"CASE content_language {number} ELSE {len(codes)} END"
    )
    first = mailing.next_chunk
    key = Mailing._meta.pk.get_db_prep_value(mailing.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, first, mailing.chunk_size, len(codes) + 1, *parameters])
        rows = cursor.rowcount
        cursor.execute(_CHUNKS, [key, first])
    last = Chunk.objects.filter(mailing=mailing).aggregate(last=Max("number"))["last"]
    mailing.next_chunk = (last or 0) + 1
    return int(rows)


def _finish(mailing: Mailing, *, now: datetime) -> None:
    """Candidates = deliveries + exclusions, or nothing leaves."""
    counted = Delivery.objects.filter(mailing=mailing).aggregate(
        rows=Count("pk"),
        excluded=Count("pk", filter=Q(state=Delivery.State.EXCLUDED)),
    )
    in_chunks = Chunk.objects.filter(mailing=mailing).aggregate(sum=Sum("size"))["sum"] or 0
    mailing.excluded = counted["excluded"]
    mailing.moved_at = now
    adds_up = (
        counted["rows"] == mailing.candidates and in_chunks == mailing.candidates - mailing.excluded
    )
    if not adds_up:
        logger.error("Mailing %s does not add up", mailing.pk)
        mailing.state, mailing.problem = State.PAUSED, Mailing.Problem.MISCOUNTED
    else:
        mailing.state, mailing.leaves_at = State.PREPARED, now + UNDO_WINDOW
    mailing.save()
    log(
        instance=mailing,
        action="mailings.prepare",
        data={"candidates": mailing.candidates, "excluded": mailing.excluded},
    )


def begin_sending(*, mailing: Mailing, now: datetime) -> None:
    """The undo window is over."""
    reasons = reasons_to_stop(mailing, now=now)
    if reasons:
        stop_for(mailing=mailing, note="; ".join(reasons), now=now)
        return
    Mailing.objects.filter(pk=mailing.pk, state=State.PREPARED, leaves_at__lte=now).update(
        state=State.SENDING, started_at=now, moved_at=now
    )


def adds_up(mailing: Mailing) -> bool:
    """Whether every candidate still has a row, and each row a state that is known."""
    rows = Delivery.objects.filter(mailing=mailing.pk).count()
    return rows == mailing.candidates
