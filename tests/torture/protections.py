"""What keeps mailings safe, one protection at a time: where it stands, what takes it away, and the
test that has to notice."""

from dataclasses import dataclass

MAILINGS = "campaigns.mailings"
DELIVERING = f"{MAILINGS}.services.delivering"
LIFE = "tests/campaigns/mailings/test_life.py"
HANDED_OVER = "tests/campaigns/mailings/test_delivering.py"
PREPARED = "tests/campaigns/mailings/test_preparing.py"
REPORTED = "tests/campaigns/mailings/test_reports.py"
CONNECTED = "tests/campaigns/mailings/test_connections.py"
CLAIMED = "tests/campaigns/mailings/test_claiming.py"


@dataclass(frozen=True)
class Protection:
    """`before` stands once in the module's source; with `after` in its place it is gone."""

    name: str
    module: str
    before: str
    after: str
    test: str

    @property
    def needs_own_tables(self) -> bool:
        """Tables are made by migrations, and kept: not with this one."""
        return ".migrations." in self.module


PROTECTIONS = [
    Protection(
        "nobody has two rows",
        f"{MAILINGS}.migrations.0001_initial",
        "fields=('supporter', 'mailing')",
        "fields=('supporter', 'mailing', 'id')",
        f"{PREPARED}::test_nobody_can_have_two_rows",
    ),
    Protection(
        "candidates = rows, or nothing leaves",
        f"{MAILINGS}.services.preparing",
        "if not adds_up:",
        "if False:",
        f"{PREPARED}::test_what_does_not_add_up_is_not_sent",
    ),
    Protection(
        "a time to undo",
        f"{MAILINGS}.services.preparing",
        "UNDO_WINDOW = timedelta(minutes=5)",
        "UNDO_WINDOW = timedelta(0)",
        f"{PREPARED}::test_the_rows_add_up_and_it_waits_for_the_time_to_undo",
    ),
    Protection(
        "a chunk is taken by one worker",
        DELIVERING,
        "pk=pk, state=State.OPEN, mailing__state=Mailing.State.SENDING\n        ).update(",
        "pk=pk\n        ).update(",
        f"{CLAIMED}::test_what_somebody_else_has_just_taken_is_not_taken_again",
    ),
    Protection(
        "a claim ends with its lease",
        DELIVERING,
        "claimed_until__lt=now",
        "claimed_until=None",
        f"{HANDED_OVER}::test_a_worker_that_died_before_the_call_costs_nothing",
    ),
    Protection(
        "a sweeper looks for dead workers",
        f"{MAILINGS}.services.working",
        "    free_lost_claims(now=now)\n",
        "",
        f"{HANDED_OVER}::test_a_worker_that_died_within_the_call_leaves_a_doubt",
    ),
    Protection(
        "marked before the call",
        DELIVERING,
        "state=State.SUBMITTED,\n            first_submitted_at",
        "first_submitted_at",
        f"{HANDED_OVER}::test_a_worker_that_died_within_the_call_leaves_a_doubt",
    ),
    Protection(
        "looked at again before the call",
        f"{MAILINGS}.readers",
        "elif not is_subscribed:",
        "elif False:",
        f"{HANDED_OVER}::test_whoever_has_left_since_gets_nothing",
    ),
    Protection(
        "an action that ended stops its mails",
        DELIVERING,
        "    if reasons:\n        stop_for(",
        "    if False:\n        stop_for(",
        f"{HANDED_OVER}::test_an_issue_that_expires_in_the_middle_ends_it",
    ),
    Protection(
        "no answer: held, not repeated",
        DELIVERING,
        "if not key_is_good:",
        "if False:",
        f"{HANDED_OVER}::test_an_answer_that_never_came_is_held_and_nobody_is_asked_twice",
    ),
    Protection(
        "the same key for the same call",
        "campaigns.outbox.bulk.carriers",
        "email.idempotency_key = batch.key\n",
        "email.idempotency_key = __import__('uuid').uuid4().hex\n",
        f"{HANDED_OVER}::test_with_a_key_the_same_call_is_made_again",
    ),
    Protection(
        "the same bytes under the same key",
        DELIVERING,
        "if claim.chunk.doubts and digest != claim.chunk.digest:",
        "if False:",
        f"{HANDED_OVER}::test_other_bytes_are_not_sent_under_the_same_key",
    ),
    Protection(
        "a late worker writes nothing over another's",
        DELIVERING,
        "held = claim.mine.filter(state__in=[State.SUBMITTED, State.UNCERTAIN])",
        "held = Chunk.objects.filter(pk=claim.chunk.pk)",
        f"{HANDED_OVER}::test_a_worker_whose_chunk_went_to_another_writes_nothing",
    ),
    Protection(
        "an answer in hand waits for the database",
        DELIVERING,
        "SETTLE_AGAIN_AFTER = (1, 2, 4, 8)",
        "SETTLE_AGAIN_AFTER = ()",
        f"{CONNECTED}::test_an_answer_in_hand_waits_for_a_database_that_comes_back",
    ),
    Protection(
        "an account that is refused pauses",
        DELIVERING,
        "elif trouble.kind in PAUSING:",
        "elif False:",
        f"{HANDED_OVER}::test_a_provider_that_refuses_the_account_pauses_it_with_nothing_lost",
    ),
    Protection(
        "Retry-After holds for all workers",
        "campaigns.outbox.pace",
        "if bucket.stopped_until is not None and bucket.stopped_until > now:",
        "if False:",
        f"{HANDED_OVER}::test_too_fast_means_silence_for_all_workers",
    ),
    Protection(
        "a report counts once",
        "campaigns.outbox.receivers",
        'hashlib.sha256(f"{esp_name}|{identity}".encode()).hexdigest()',
        "__import__('uuid').uuid4().hex",
        f"{REPORTED}::test_replays_and_disorder_come_to_the_same",
    ),
    Protection(
        "a schedule that was missed is no order",
        f"{MAILINGS}.services.life",
        "send_at__lt=now - STALE_AFTER",
        "send_at__lt=now - timedelta(days=9999)",
        f"{LIFE}::test_a_schedule_that_was_missed_by_hours_is_shown_and_not_sent",
    ),
    Protection(
        "a copy of the database sends nothing",
        f"{MAILINGS}.sending_site",
        "if site.base_url != settings.BASE_URL:",
        "if False:",
        f"{LIFE}::test_a_copy_of_the_database_at_another_address_sends_nothing",
    ),
]
