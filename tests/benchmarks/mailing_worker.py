"""One step of a mailing, in a process of its own inside the site; prints its figures as JSON.

`readers NUMBER`: people by SQL, in one language. `prepare`: a mailing to all of them, from the
schedule to the first chunk. `deliver SECONDS [AT]`: what one worker of the bulk lane does. `beside
TURNS SIZE`: chunks of a mailing, and by turns as many through Anymail alone, in calls of that size
with the same words, values, headers and metadata. `django-smtp NUMBER`: through Django's own
backend, over one connection.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import django

FORMULA = "bench-mailings"
CALLS_IN_TURN = 5
WORDS = " ".join(
    f"Noor waits for a letter, and {number} people have written." for number in range(9)
)
HTML = (
    "<html><body><p>{greeting}</p>"
    + "".join(f"<p>{WORDS} ({number})</p>" for number in range(20))
    + '<p><a href="{sign_link}">Sign</a></p><p><a href="{fewer_link}">Fewer mails</a>'
    ' <a href="{pause_link}">Pause</a> <a href="{stop_link}">Stop these mails</a></p></body></html>'
)
TEXT = (
    f"{{greeting}}\n\n{WORDS * 3}\n\n{{sign_link}}\n\nFewer: {{fewer_link}}\nStop: {{stop_link}}\n"
)
READERS = """
    INSERT INTO supporters_supporter ({columns})
    SELECT {values} FROM generate_series({first}, {last}) AS number
"""


def main() -> None:
    django.setup()
    steps: dict[str, Callable[..., dict[str, Any]]] = {
        "readers": readers,
        "prepare": prepare,
        "deliver": deliver,
        "beside": beside,
        "django-smtp": django_smtp,
    }
    step, *numbers = sys.argv[1:]
    before = peak_memory()
    started = time.perf_counter()
    found = steps[step](*(float(each) for each in numbers))
    found.setdefault("seconds", time.perf_counter() - started)
    json.dump({**found, "memory_before": before, "memory": peak_memory()}, sys.stdout)


def peak_memory() -> float:
    """The most that this process has had in memory, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def readers(number: float) -> dict[str, Any]:
    """So many people in all, each subscribed to one formula; written by the database itself."""
    from django.db import connection
    from django.utils import timezone

    from campaigns.supporters.models import Formula, Subscription, Supporter
    from tests.factories.facts import make_formula

    formula = Formula.objects.filter(code=FORMULA).first() or make_formula(
        code=FORMULA, position=900
    )
    now = timezone.now()
    there = Supporter.objects.filter(email__startswith="reader-bench-").count()
    model = Supporter(
        email="@", email_canonical="@", mailbox="@", given_name="Mila", language="en",
        created_at=now, confirmed_at=now,
    )  # fmt: skip
    special = {
        "email": "'reader-bench-' || number || '@example.org'",
        "email_canonical": "'reader-bench-' || number || '@example.org'",
        "mailbox": "md5(number::text) || md5('m' || number)",
    }
    _fill(Supporter, model, special, "generate_series(%s, %s) AS number", [there + 1, int(number)])
    entry = Subscription(
        supporter_id=0, formula=formula, language="en", state="ACTIVE", requested_at=now,
        confirmed_at=now,
    )  # fmt: skip
    _fill(
        Subscription,
        entry,
        {"supporter_id": "person.id"},
        "supporters_supporter person WHERE email LIKE 'reader-bench-%%' AND NOT EXISTS (SELECT 1"
        " FROM supporters_subscription s WHERE s.supporter_id = person.id) ORDER BY person.id",
        [],
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supporters_supporter, supporters_subscription")
    return {"readers": Subscription.objects.filter(formula=formula).count()}


def _fill(model: Any, sample: Any, special: dict[str, str], origin: str, extra: list[int]) -> None:
    """Rows like `sample`, but for the columns that `special` has an expression for."""
    from django.db import connection

    fields = [each for each in model._meta.concrete_fields if not each.primary_key]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    values, parameters = [], []
    for each in fields:
        if each.column in special:
            values.append(special[each.column])
        else:
            values.append("%s")
            parameters.append(each.get_db_prep_save(each.pre_save(sample, True), connection))
    statement = (
        f"INSERT INTO {model._meta.db_table} ({columns})"  # noqa: S608
        f" SELECT {', '.join(values)} FROM {origin}"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, [*parameters, *extra])


def prepare() -> dict[str, Any]:
    """From the schedule to chunks that may leave, as the workers do it."""
    from django.utils import timezone

    from campaigns.mailings import services
    from campaigns.mailings.models import Mailing, MailingContent
    from campaigns.supporters.models import Formula
    from tests.factories import mailings as factory

    factory._numbers = count(time.time_ns() // 1_000_000)
    audience = factory.make_audience(formula=Formula.objects.get(code=FORMULA))
    mailing = factory.make_mailing(audience=audience, languages=("en",))
    MailingContent.objects.filter(mailing=mailing).update(html=HTML, text=TEXT, size=len(HTML))
    now = timezone.now()
    services.send_mailing(mailing=mailing, by=None, now=now)
    started = time.perf_counter()
    services.prepare_what_is_due(until=now + timedelta(hours=1))
    seconds = time.perf_counter() - started
    plain = _bare_insert(mailing)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PREPARED, (mailing.state, mailing.problem)
    assert mailing.leaves_at is not None
    services.begin_sending(mailing=mailing, now=mailing.leaves_at)
    return {"seconds": seconds, "bare": plain, "rows": mailing.candidates}


def _bare_insert(mailing: Any) -> float:
    """The seconds that the same rows take into a table like theirs, from one `SELECT *`."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("CREATE TABLE bench_bare (LIKE mailings_delivery INCLUDING ALL)")
        started = time.perf_counter()
        cursor.execute(
            "INSERT INTO bench_bare SELECT * FROM mailings_delivery WHERE mailing_id = %s",
            [mailing.pk],
        )
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_bare")
    return seconds


def deliver(seconds: float, begins_at: float = 0) -> dict[str, Any]:
    """What a worker of the bulk lane does, turn after turn, until nothing waits or the time is up.

    Several begin together at that Unix time. `early_memory`: its peak memory when it had handed
    over its first hundred chunks.
    """
    from django.utils import timezone

    from campaigns.mailings import services
    from campaigns.mailings.services import working

    chunks: list[float] = []
    hand_over = working.deliver_next

    def counting(**arguments: Any) -> bool:
        found = hand_over(**arguments)
        if found:
            chunks.append(peak_memory())
        return found

    working.deliver_next = counting
    time.sleep(max(begins_at - time.time(), 0))
    until = timezone.now() + timedelta(seconds=seconds)
    began = time.perf_counter()
    while timezone.now() < until:
        turn = min(timezone.now() + timedelta(seconds=25), until)
        if not services.work(until=turn):
            break
    return {
        "seconds": time.perf_counter() - began,
        "chunks": len(chunks),
        "early_memory": chunks[min(99, len(chunks) - 1)] if chunks else 0,
    }


def _batch(size: int) -> Any:
    """A batch as the latest mailing makes it, without the database's part."""
    from django.utils import timezone

    from campaigns.mailings.models import Mailing
    from campaigns.mailings.readers import batch_of, read_chunk
    from campaigns.mailings.services.delivering import content_of

    mailing = Mailing.objects.select_related("audience__formula").order_by("-created_at")[0]
    chunk = mailing.chunks.order_by("-number").exclude(size__lt=size)[0]
    readers = read_chunk(chunk, mailing, content_of(chunk), now=timezone.now()).recipients[:size]
    assert len(readers) == size, len(readers)
    return batch_of(mailing, content_of(chunk), chunk, readers)


class Bare:
    """Anymail alone, with values, headers and metadata that are ready: nothing is looked up."""

    def __init__(self, size: int) -> None:
        from django.core.mail import get_connection

        from campaigns.outbox.bulk.batches import PLACEHOLDER

        self.size = size
        self._batch = _batch(size)
        readers = self._batch.recipients
        self._values = {each.address: dict(each.values) for each in readers}
        self._headers = {each.address: dict(each.headers) for each in readers}
        self._metadata = {each.address: {"delivery": str(each.delivery_id)} for each in readers}
        self._words = [
            PLACEHOLDER.sub(r"%recipient.\1%", words)
            for words in (self._batch.subject, self._batch.text, self._batch.html)
        ]
        self._connection = get_connection()
        self._connection.open()
        self.call()

    def call(self) -> None:
        from anymail.message import AnymailMessage

        subject, text, html = self._words
        email = AnymailMessage(
            subject, text, to=list(self._values), headers=dict(self._batch.headers)
        )
        email.attach_alternative(html, "text/html")
        email.metadata, email.tags = dict(self._batch.metadata), [self._batch.tag]
        email.track_opens = email.track_clicks = False
        email.merge_data, email.merge_headers = self._values, self._headers
        email.merge_metadata = self._metadata
        self._connection.send_messages([email])
        assert len(email.anymail_status.recipients) == self.size


def beside(turns: float, size: float) -> dict[str, Any]:
    """By turns: five bare calls, and five chunks of a mailing with all accounting."""
    from django.utils import timezone

    from campaigns.mailings.services.delivering import deliver_next
    from campaigns.outbox.bulk import open_carrier

    bare = Bare(int(size))
    rates: dict[str, list[float]] = {"bare": [], "mailing": []}
    busy = {"bare": 0.0, "mailing": 0.0}
    with open_carrier() as carrier:
        deliver_next(carrier=carrier, now=timezone.now())
        for _turn in range(int(turns)):
            for name in rates:
                began, cpu = time.perf_counter(), time.process_time()
                for _call in range(CALLS_IN_TURN):
                    if name == "bare":
                        bare.call()
                    else:
                        assert deliver_next(carrier=carrier, now=timezone.now())
                rates[name].append(CALLS_IN_TURN * size / (time.perf_counter() - began))
                busy[name] += time.process_time() - cpu
    return {"rates": rates, "cpu": busy, "rows": turns * CALLS_IN_TURN * size}


def django_smtp(number: float) -> dict[str, Any]:
    """Finished mails through Django's own SMTP backend, over one connection that stays open."""
    from django.core.mail import get_connection
    from django.utils import timezone

    from campaigns.outbox.bulk.carriers import OneEachCarrier
    from campaigns.outbox.bulk.providers import current_provider

    batch, rounds = _batch(25), int(number) // 25
    connection = get_connection()
    connection.open()
    carrier = OneEachCarrier(connection, current_provider())
    until = timezone.now() + timedelta(hours=1)
    started = time.perf_counter()
    for _round in range(rounds):
        carrier.hand_over(batch, until=until)
    seconds = time.perf_counter() - started
    connection.close()
    return {"seconds": seconds, "rows": rounds * 25}


if __name__ == "__main__":
    main()
