"""Signing, confirming, counting."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.cases.models import Case
from campaigns.outbox import services as outbox_services
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions import services
from campaigns.petitions.models import Petition, Signature, Tally
from campaigns.petitions.selectors import progress
from campaigns.petitions.services import PetitionClosed
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.wordings import signature_wording
from tests.corpora import SPELLINGS_OF_ONE_MAILBOX
from tests.factories.facts import make_case, make_petition
from tests.factories.pages import make_standard_page
from tests.factories.people import make_supporter, sign
from tests.rows import every_row

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_signing_with_an_unknown_address_stores_all_that_is_owed(now):
    petition = make_petition()
    signature = sign(petition, given_name="José", family_name="O’Neill", language="nl", now=now)
    assert (signature.given_name, signature.family_name) == ("José", "O’Neill")
    assert (signature.country, signature.language) == ("BE", "nl")
    assert (signature.signed_at, signature.confirmed_at) == (now, None)
    assert signature.supporter.confirmed_at is None

    consent = Consent.objects.get()
    wording = signature_wording("nl")
    assert (consent.purpose, consent.action, consent.channel) == ("SIGNATURE", "GIVEN", "NONE")
    assert (consent.about, consent.language) == (f"petition:{petition.reference}", "nl")
    assert (consent.wording.text, consent.wording.digest) == (wording.text, wording.digest)
    assert consent.recorded_at == now

    message = OutgoingMessage.objects.get()
    assert (message.kind, message.language) == ("petitions/confirm_signature", "nl")
    assert (message.state, message.not_before) == ("DUE", now)


@pytest.mark.django_db
@pytest.mark.parametrize("spellings", SPELLINGS_OF_ONE_MAILBOX, ids=lambda line: line[0])
def test_signing_again_counts_once_however_the_address_is_spelt(now, spellings):
    petition = make_petition()
    for minutes, spelling in enumerate(spellings):
        language = ["fr", "nl", "de", "en"][minutes % 4]
        sign(petition, email=spelling.strip(), language=language, now=now + minutes * HOUR)
    signature = Signature.objects.get()
    assert (signature.language, signature.signed_at) == ("fr", now)


@pytest.mark.django_db
def test_signing_again_keeps_what_was_typed_first(now):
    petition = make_petition()
    sign(petition, given_name="Mila", country="BE", now=now)
    services.confirm_signature(signature=Signature.objects.get(), now=now)
    before = Signature.objects.values().get()
    sign(petition, given_name="Mallory", country="FR", language="de", now=now + HOUR)
    assert Signature.objects.values().get() == before


@pytest.mark.django_db
def test_each_press_is_a_line_in_the_consent_ledger(now):
    petition = make_petition()
    sign(petition, language="fr", now=now)
    sign(petition, language="nl", now=now + HOUR)
    lines = Consent.objects.order_by("pk").values_list("language", "wording__language")
    assert list(lines) == [("fr", "fr"), ("nl", "nl")]


@pytest.mark.django_db
def test_a_double_press_owes_one_mail_and_a_later_one_another(now):
    petition = make_petition()
    moment = now.replace(second=30, microsecond=0)
    sign(petition, now=moment)
    sign(petition, now=moment + timedelta(seconds=1))
    assert OutgoingMessage.objects.count() == 1
    sign(petition, now=moment + HOUR)
    assert OutgoingMessage.objects.count() == 2


@pytest.mark.django_db
def test_one_person_may_sign_two_petitions(now):
    one, other = make_petition(), make_petition()
    sign(one, now=now)
    sign(other, now=now)
    assert (Supporter.objects.count(), Signature.objects.count()) == (1, 2)
    assert OutgoingMessage.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "closed",
    [
        {"closes_at": timedelta(0)},
        {"closes_at": -HOUR},
        {"opens_at": HOUR},
        {"opens_at": -2 * HOUR, "closes_at": -HOUR},
    ],
    ids=["closes now", "closed before", "opens later", "was open once"],
)
def test_a_closed_petition_takes_and_stores_nothing(now, closed):
    petition = make_petition(**{name: now + delta for name, delta in closed.items()})
    before = every_row()
    with pytest.raises(PetitionClosed):
        sign(petition, now=now)
    assert every_row() == before
    assert petition not in Petition.objects.open(at=now)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Case.State.CLOSED, Case.State.DORMANT])
def test_the_petition_of_a_case_that_is_not_active_takes_nothing(now, state):
    petition = make_petition(case=make_case(state=state))
    with pytest.raises(PetitionClosed):
        sign(petition, now=now)
    assert Supporter.objects.count() == 0
    assert petition not in Petition.objects.open(at=now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "limits",
    [{}, {"opens_at": timedelta(0)}, {"closes_at": timedelta(seconds=1)}],
    ids=["no limits", "opens now", "closes in a second"],
)
def test_an_open_petition_is_open_in_python_and_in_sql(now, limits):
    petition = make_petition(**{name: now + delta for name, delta in limits.items()})
    assert petition.is_open(at=now)
    assert petition in Petition.objects.open(at=now)


@pytest.mark.django_db
def test_confirming_counts_once_and_leaves_one_line(now):
    signature = sign(make_petition(), language="de", now=now)
    for hours in (1, 2, 3):
        services.confirm_signature(signature=signature, now=now + hours * HOUR)
    signature.refresh_from_db()
    assert signature.confirmed_at == now + HOUR
    assert signature.supporter.confirmed_at == now + HOUR
    line = Consent.objects.get(action="CONFIRMED")
    assert (line.method, line.language, line.recorded_at) == ("MAILED_LINK", "de", now + HOUR)


@pytest.mark.django_db
def test_a_signature_given_in_time_may_be_confirmed_after_the_end(now):
    petition = make_petition(closes_at=now + HOUR)
    signature = sign(petition, now=now)
    services.confirm_signature(signature=signature, now=now + 2 * HOUR)
    signature.refresh_from_db()
    assert signature.confirmed_at == now + 2 * HOUR


@pytest.mark.django_db
def test_the_tally_counts_received_and_confirmed_in_all_languages(now):
    petition, other = make_petition(), make_petition()
    for number, language in enumerate(["fr", "nl", "de", "en", "fr"]):
        signature = sign(petition, email=f"{number}@example.org", language=language, now=now)
        if number < 3:
            services.confirm_signature(signature=signature, now=now)
    services.tally_signatures(now=now)
    services.tally_signatures(now=now + HOUR)
    tally = Tally.objects.get(petition=petition)
    assert (tally.received, tally.confirmed, tally.counted_at) == (5, 3, now)
    assert progress(other).count == 0


@pytest.mark.django_db
def test_a_wrong_tally_is_put_right_by_the_nightly_count(now):
    petition = make_petition()
    sign(petition, now=now)
    services.tally_signatures(now=now)
    Tally.objects.update(received=8, confirmed=7)
    services.recount_signatures(petition=petition, now=now)
    assert Tally.objects.values_list("received", "confirmed").get() == (1, 0)


@pytest.mark.django_db
def test_signing_never_touches_the_row_that_everybody_shares(now):
    petition = make_petition()
    with CaptureQueriesContext(connection) as queries:
        sign(petition, now=now)
    shared = {Petition._meta.db_table, Tally._meta.db_table, Case._meta.db_table}
    writes = [
        query["sql"]
        for query in queries
        if query["sql"].startswith(("UPDATE", "DELETE")) or "FOR UPDATE" in query["sql"]
    ]
    assert not [sql for sql in writes if any(f'"{table}"' in sql for table in shared)]


@pytest.mark.django_db
def test_known_and_unknown_addresses_cost_the_same_statements(now):
    """Equal work is what makes equal time, which a test cannot measure reliably."""
    petition = make_petition()
    make_supporter(email="known@example.org", confirmed_at=now)
    signed = sign(petition, email="signed@example.org", now=now)
    services.confirm_signature(signature=signed, now=now)

    def statements(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            sign(petition, email=email, now=now + HOUR)
        # Without the values, and without the numbers of savepoints.
        return [re.sub(r"'[^']*'|\bs\d+_x\d+|\d+", "?", query["sql"]) for query in queries]

    sign(petition, email="warm-up@example.org", now=now)  # Stores the wording.
    unknown = statements("unknown@example.org")
    assert statements("known@example.org") == unknown
    assert statements("signed@example.org") == unknown


def test_many_presses_at_once_are_one_signature(own_database, now):
    petition = make_petition()
    spellings = ["mila@example.org", "Mila@Example.org", "mila+ua@example.org", "MILA@example.org"]
    presses = 8
    for number in range(20):
        barrier = Barrier(presses)

        def press(position: int, barrier=barrier, number=number) -> None:
            barrier.wait()
            try:
                sign(
                    petition,
                    email=f"{number}{spellings[position % 4]}",
                    language=["fr", "nl"][position % 2],
                    now=now,
                )
            finally:
                connection.close()

        with ThreadPoolExecutor(presses) as pool:
            list(pool.map(press, range(presses)))
        assert Signature.objects.count() == number + 1
        assert OutgoingMessage.objects.count() == number + 1
        assert Consent.objects.count() == number + 1


def test_many_confirmations_at_once_are_one(own_database, now):
    signature = sign(make_petition(), now=now)
    presses = 6
    barrier = Barrier(presses)

    def press(_number: int) -> None:
        barrier.wait()
        try:
            services.confirm_signature(signature=signature, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(presses) as pool:
        list(pool.map(press, range(presses)))
    assert Consent.objects.filter(action="CONFIRMED").count() == 1


@pytest.mark.django_db
def test_signatures_outlive_the_page_they_were_given_on(site, now):
    page = make_standard_page()
    petition = make_petition()
    signature = sign(petition, page_id=page.pk, now=now)
    assert (signature.page_id, Consent.objects.get().page_id) == (page.pk, page.pk)
    page_id = page.pk
    page.delete()
    signature.refresh_from_db()
    assert (signature.page_id, Consent.objects.get().page_id) == (page_id, page_id)
    services.tally_signatures(now=now)
    assert Tally.objects.get().received == 1


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["petition", "case", "supporter"])
def test_nothing_that_a_signature_stands_on_can_be_deleted(now, what):
    from django.db.models import ProtectedError

    signature = sign(make_petition(), now=now)
    target = {
        "petition": signature.petition,
        "case": signature.petition.case,
        "supporter": signature.supporter,
    }[what]
    with pytest.raises(ProtectedError):
        target.delete()


@pytest.mark.django_db
def test_until_it_is_confirmed_a_signature_follows_the_last_press(now):
    petition = make_petition()
    sign(petition, email="zed+slip@example.org", given_name="Rude", family_name="Word", now=now)
    later = now + timedelta(minutes=5)
    sign(petition, email="zed@example.org", given_name="Zed", family_name="Real", now=later)
    signature = Signature.objects.select_related("supporter").get()
    assert (signature.given_name, signature.family_name) == ("Zed", "Real")
    assert signature.supporter.email == "zed@example.org"

    services.confirm_signature(signature=signature, now=later)
    sign(petition, email="ZED@example.org", given_name="Rude", family_name="Word", now=later)
    signature = Signature.objects.select_related("supporter").get()
    assert (signature.given_name, signature.family_name) == ("Zed", "Real")
    assert signature.supporter.email == "zed@example.org"


@pytest.mark.django_db
def test_the_mail_shows_its_reader_whose_name_is_under_the_signature(now, mailoutbox):
    sign(make_petition(), email="zed@example.org", given_name="Zed", family_name="Real", now=now)
    outbox_services.sweep(now=now, until=now + timedelta(minutes=1))
    [mail] = mailoutbox
    assert "Z··· R···" in mail.body
    assert "Zed" not in mail.body
