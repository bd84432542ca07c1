"""People, consents and subscriptions: written once, by constraint."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters import services
from campaigns.supporters.models import Consent, ConsentWording, Subscription, Supporter
from campaigns.supporters.services import Person
from campaigns.supporters.wordings import (
    Wording,
    message_wording,
    signature_wording,
    subscription_wording,
)
from tests.corpora import SPELLINGS_OF_ONE_MAILBOX
from tests.factories.facts import make_formula
from tests.factories.people import ask_for, make_supporter
from tests.steps import LANGUAGES

LATER = timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.parametrize("spellings", SPELLINGS_OF_ONE_MAILBOX, ids=lambda line: line[0])
def test_spellings_of_one_mailbox_are_one_supporter(now, spellings):
    keys = {
        services.register_supporter(person=Person(email=spelling.strip()), language="fr", now=now)
        for spelling in spellings
    }
    assert len(keys) == 1
    assert Supporter.objects.get().pk in keys


@pytest.mark.django_db
def test_whoever_types_a_known_address_changes_nothing_about_its_owner(now):
    owner = make_supporter(email="Mila@example.org", language="nl", confirmed_at=now)
    before = Supporter.objects.values().get()
    key = services.register_supporter(
        person=Person("mila@example.org", "Mallory", "Intruder"), language="de", now=now + LATER
    )
    assert key == owner.pk
    assert Supporter.objects.values().get() == before


@pytest.mark.django_db
def test_the_first_confirmation_of_an_address_counts(now):
    supporter = make_supporter()
    services.confirm_address(supporter_id=supporter.pk, now=now)
    services.confirm_address(supporter_id=supporter.pk, now=now + LATER)
    supporter.refresh_from_db()
    assert supporter.confirmed_at == now


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wording",
    [
        signature_wording,
        partial(signature_wording, is_known=True),
        partial(signature_wording, passes_on_names=False),
        message_wording,
        subscription_wording,
    ],
    ids=["signature", "known", "number", "message", "subscription"],
)
def test_the_words_agreed_to_are_kept_exactly_and_once(now, wording):
    supporter = make_supporter()
    shown = wording("nl")
    for hour in range(3):
        services.record_consent(
            supporter_id=supporter.pk,
            purpose=shown.purpose,
            channel=Consent.Channel.EMAIL,
            method=Consent.Method.FORM,
            action=Consent.Action.GIVEN,
            about="petition:x",
            wording=shown,
            language="nl",
            now=now + timedelta(hours=hour),
        )
    kept = ConsentWording.objects.get()
    assert (kept.text, kept.digest, kept.version) == (shown.text, shown.digest, shown.version)
    assert (kept.language, kept.purpose) == ("nl", shown.purpose)
    assert Consent.objects.filter(wording=kept).count() == 3


@pytest.mark.parametrize("change", ["purpose", "version", "language", "text"])
def test_the_digest_of_a_wording_covers_everything_in_it(change):
    words = {"purpose": "P", "version": "1", "language": "fr", "text": "T"}
    assert Wording(**words).digest != Wording(**{**words, change: "other"}).digest


def test_moving_words_from_one_part_of_a_wording_to_the_next_changes_its_digest():
    assert Wording("P", "1", "fr", "T").digest != Wording("P", "1f", "r", "T").digest


def test_a_wording_names_the_organisation_and_does_not_change_the_readers_language():
    with translation.override("de"):
        assert "Obstinate" in signature_wording("fr").text
        assert "Obstinate" in subscription_wording("fr").text
        assert translation.get_language() == "de"


# A version means these words and no others: whoever changes a sentence or its translation gives
# it a new version in `wordings.py` and adds the digests here. Nothing of what was used is deleted.
DIGESTS = {
    ("SIGNATURE", "2026-11"): {
        "fr": "78546dbf529b157fe569e0aac6d91202d59244d5d5e44e40fd475f6dcc16224f",
        "nl": "2ba6edef2056c7deecebbeaae659555d5e36336b68914660e4d9cd89efff25bf",
        "de": "b38c1cb30d1328df4d3d66ffd576062a678221dce2154250d2226ca3239b934a",
        "en": "dfcd77a02878eeb294bffed701bdd55c44a4410aab5451a381a1a1573dfc6aff",
    },
    ("SIGNATURE", "2026-11 known"): {
        "fr": "08b989b00097e304a7c895ccf5793f7e550d884be193d16749dcb8e0433da9ed",
        "nl": "b79398ac3aca2cadd146a1eae2a7112c8e95602cd061f39104ccfdd2667bbb2a",
        "de": "f276e3c20ecde0e51cc7850aeac3e159f28a41a3822e8b9ad822e32703503077",
        "en": "2803b569fa12d679de1bcbcffaffef52e81a49e894ffb803fa7a194c4e85f16e",
    },
    ("SIGNATURE", "2026-11 number"): {
        "fr": "152b905feddef354e597eef6328fd737c848519ec05d7fdc2b0d687862b0e53b",
        "nl": "9f2922b391bdee7c1269ab6d2ce63bd6f591c5f71575a84d5e77461fb36255bc",
        "de": "8029b13df487b4b6db3c3cd8e0f652a89b6bdbe013739ca0aab2a5d7af0236ad",
        "en": "29723addee77a0559b31325dec8653e257fa9eacd65a15fc0505d981e83031f2",
    },
    ("MESSAGE", "2026-11"): {
        "fr": "889a614d32f2ec2c28e1fb44905ca51f4cb53be536d9725d1f015e5256547f80",
        "nl": "a98bd88bf28b52697915e1e913db7c79e121fb214b3b95a6414683917f8a9c0f",
        "de": "ffd00e2468e2419ef253a98024ba489f3881ce85b9b630cb6cc80ad7fdbb571c",
        "en": "de5d0d5985ab7bbcc36b246c8905c304ce86d0b1457eb2969a4756aa6d7ca19d",
    },
    ("SUBSCRIPTION", "2026-11"): {
        "fr": "03d502f4293634857d26108ec719a4f70469958d2de0874ecc28ddefdab1039c",
        "nl": "803022f2b90f99062846ffe375ae0166d38700c2e0dfc50fab3ac08eb62bcb8d",
        "de": "08845244c3df947043b1378669998018ce3c5628ca7309e81e12cae7dfe3a272",
        "en": "e72f70129f29551de5535d61a70b9e1aa330e39ace2ff63c33d954e7fc90aa28",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wording",
    [
        signature_wording,
        partial(signature_wording, is_known=True),
        partial(signature_wording, passes_on_names=False),
        message_wording,
        subscription_wording,
    ],
    ids=["signature", "known", "number", "message", "subscription"],
)
def test_a_changed_sentence_has_a_new_version(wording, language):
    shown = wording(language)
    assert DIGESTS[shown.purpose, shown.version][language] == shown.digest, shown.text


@pytest.mark.django_db
def test_nobody_agrees_to_nothing(now):
    line = {
        "supporter_id": make_supporter().pk,
        "purpose": Consent.Purpose.SIGNATURE,
        "channel": Consent.Channel.EMAIL,
        "method": Consent.Method.FORM,
        "action": Consent.Action.GIVEN,
        "about": "petition:x",
        "language": "fr",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        services.record_consent(**line, now=now)


@pytest.mark.django_db
def test_asking_for_formulas_owes_one_confirmation_and_activates_nothing(now):
    one, two = make_formula(), make_formula()
    ask_for(one, two, language="nl", now=now)
    assert set(Subscription.objects.values_list("formula", "state", "language")) == {
        (one.pk, "REQUESTED", "nl"),
        (two.pk, "REQUESTED", "nl"),
    }
    consents = Consent.objects.order_by("about").values_list("about", "action", "wording__text")
    words = subscription_wording("nl").text
    assert sorted(consents) == sorted(
        [(f"formula:{one.code}", "GIVEN", words), (f"formula:{two.code}", "GIVEN", words)]
    )
    assert OutgoingMessage.objects.filter(kind="supporters/confirm_subscription").count() == 1


@pytest.mark.django_db
def test_asking_twice_in_one_press_owes_one_mail(now):
    formula = make_formula()
    moment = now.replace(second=30, microsecond=0)
    ask_for(formula, now=moment)
    ask_for(formula, now=moment + timedelta(seconds=1))
    assert OutgoingMessage.objects.count() == 1
    assert Subscription.objects.count() == 1


@pytest.mark.django_db
def test_asking_again_later_owes_another_mail_and_no_second_subscription(now):
    formula = make_formula()
    ask_for(formula, now=now)
    ask_for(formula, now=now + LATER)
    assert (OutgoingMessage.objects.count(), Subscription.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_confirming_activates_once_and_owes_one_welcome(now):
    [subscription] = ask_for(make_formula(), now=now)
    for hours in range(3):
        services.confirm_subscription(
            subscription=subscription, language="fr", now=now + hours * LATER
        )
    subscription.refresh_from_db()
    assert (subscription.state, subscription.confirmed_at) == ("ACTIVE", now)
    assert subscription.supporter.confirmed_at == now
    assert Consent.objects.filter(action="CONFIRMED", channel="EMAIL").count() == 1
    assert OutgoingMessage.objects.filter(kind="supporters/welcome_subscription").count() == 1


@pytest.mark.django_db
def test_asking_in_another_language_changes_nothing_until_the_mailbox_agrees(now):
    formula = make_formula()
    [subscription] = ask_for(formula, language="fr", now=now)
    services.confirm_subscription(subscription=subscription, language="fr", now=now)
    ask_for(formula, language="de", now=now + LATER)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.language) == ("ACTIVE", "fr")
    services.confirm_subscription(subscription=subscription, language="de", now=now + LATER)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.language) == ("ACTIVE", "de")
    assert OutgoingMessage.objects.filter(kind="supporters/welcome_subscription").count() == 1


@pytest.mark.django_db
def test_ending_a_subscription_ends_that_one_once(now):
    one, other = ask_for(make_formula(), make_formula(), now=now)
    for subscription in (one, other):
        services.confirm_subscription(subscription=subscription, language="fr", now=now)
    for hours in (1, 2):
        services.end_subscription(subscription=one, now=now + hours * LATER)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.ended_at, other.state) == ("ENDED", now + LATER, "ACTIVE")
    withdrawn = Consent.objects.filter(action="WITHDRAWN")
    assert [line.about for line in withdrawn] == [f"formula:{one.formula.code}"]


@pytest.mark.django_db
def test_a_request_that_was_never_confirmed_can_be_stopped_too(now):
    [subscription] = ask_for(make_formula(), now=now)
    services.end_subscription(subscription=subscription, now=now)
    subscription.refresh_from_db()
    assert subscription.state == "ENDED"


@pytest.mark.django_db
def test_whoever_stopped_may_begin_again_and_is_welcomed_again(now):
    formula = make_formula()
    [subscription] = ask_for(formula, now=now)
    services.confirm_subscription(subscription=subscription, language="fr", now=now)
    services.end_subscription(subscription=subscription, now=now + LATER)
    ask_for(formula, now=now + 2 * LATER)
    subscription.refresh_from_db()
    assert subscription.state == "ENDED"
    services.confirm_subscription(subscription=subscription, language="fr", now=now + 3 * LATER)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == ("ACTIVE", None)
    assert [line.action for line in Consent.objects.order_by("pk")] == [
        "GIVEN",
        "CONFIRMED",
        "WITHDRAWN",
        "GIVEN",
        "CONFIRMED",
    ]
    assert OutgoingMessage.objects.filter(kind="supporters/welcome_subscription").count() == 2


def test_many_at_once_with_one_mailbox_are_one_supporter(own_database, now):
    formula = make_formula()
    spellings = ["mila@example.org", "Mila@Example.org", "mila+ua@example.org", "MILA@example.org"]
    numbers = count()
    presses = 8
    for _round in range(5):
        barrier = Barrier(presses)
        number = next(numbers)

        def press(position: int, barrier=barrier, number=number) -> None:
            barrier.wait()
            try:
                ask_for(formula, email=f"{number}{spellings[position % 4]}", now=now)
            finally:
                connection.close()

        with ThreadPoolExecutor(presses) as pool:
            list(pool.map(press, range(presses)))
        assert Supporter.objects.count() == number + 1
        assert Subscription.objects.count() == number + 1
        assert OutgoingMessage.objects.count() == number + 1
