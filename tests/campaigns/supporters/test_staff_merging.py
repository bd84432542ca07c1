"""Two entries of one person become one: nothing is lost, and nobody counts twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.models import Signature
from campaigns.supporters.models import (
    AddressChange,
    Consent,
    ContactPoint,
    Formula,
    SignUp,
    Subscription,
    SubscriptionChoice,
    Supporter,
)
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.services import confirm_subscription, end_subscription
from campaigns.supporters.services.merging import merge_supporters, preview_merge
from campaigns.supporters.services.notes import write_note
from campaigns.supporters.services.people import keep_phone, keep_postal_address
from campaigns.transitions import Refused
from home import setup
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, make_staff, make_supporter, sign
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db
HERE, THERE = "mila@example.org", "mila@example.com"
PHONES = ("+442079460123", "+442079460124")


@pytest.fixture
def kept(site, now):
    return make_supporter(email=HERE, confirmed_at=now)


@pytest.fixture
def merged(site, now):
    return make_supporter(email=THERE, confirmed_at=now)


@pytest.fixture
def staff(client, site):
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def subscribe(supporter, formula, state, *, now, choices=()):
    [subscription] = ask_for(formula, email=supporter.email, now=now)
    if state != "REQUESTED":
        confirm_subscription(
            subscription=subscription, language="fr", choices=dict(choices), now=now
        )
    if state == "ENDED":
        end_subscription(subscription=subscription, now=now)
    return subscription


def merge(kept, merged, *, now):
    merge_supporters(kept=kept, merged=merged, now=now)


def test_everything_the_other_entry_had_is_kept(kept, merged, now):
    subscription = subscribe(merged, make_formula(), "ACTIVE", now=now)
    signature = sign(make_petition(), email=THERE, now=now)
    write_note(supporter=merged, text="Rang.", by=None, now=now)
    change = AddressChange.objects.create(
        supporter=merged, email="new@example.org", requested_at=now
    )
    lines = list(Consent.objects.order_by("pk").values())
    merge(kept, merged, now=now)
    assert not Supporter.objects.filter(pk=merged.pk).exists()
    for row in (subscription, signature, change):
        row.refresh_from_db()
        assert row.supporter_id == kept.pk
    assert SignUp.objects.get().supporter_id == kept.pk
    assert kept.notes.filter(text="Rang.").exists()
    assert set(OutgoingMessage.objects.values_list("person_id", flat=True)) == {kept.pk}
    # Moved, and not a word of them changed.
    assert list(Consent.objects.order_by("pk").values()) == [
        {**line, "supporter_id": kept.pk} for line in lines
    ]


def test_every_model_that_points_to_a_supporter_is_thought_of():
    """A new one is moved by `merge_supporters` or a registered part; then add it here."""
    pointing = {relation.related_model._meta.label for relation in Supporter._meta.related_objects}
    assert pointing == {
        "supporters.ContactPoint",
        "supporters.SupporterNote",
        "supporters.Consent",
        "supporters.Subscription",
        "supporters.SignUp",
        "supporters.AddressChange",
        "mailings.Delivery",
        "petitions.Signature",
        "letters.LetterAct",
    }


@pytest.mark.parametrize("here", ["ACTIVE", "REQUESTED", "ENDED", None])
@pytest.mark.parametrize("there", ["ACTIVE", "REQUESTED", "ENDED", None])
def test_of_two_subscriptions_to_one_formula_the_livelier_stays(kept, merged, now, here, there):
    formula = make_formula()
    if here:
        subscribe(kept, formula, here, now=now)
    if there:
        subscribe(merged, formula, there, now=now)
    merge(kept, merged, now=now)
    states = [row.state for row in Subscription.objects.filter(supporter=kept)]
    order = ["ACTIVE", "REQUESTED", "ENDED"]
    assert states == sorted(filter(None, {here, there}), key=order.index)[:1]
    assert Subscription.objects.count() == len(states)


@pytest.mark.parametrize("here", ["ENDED", "ACTIVE"])
def test_the_ledger_ends_with_what_holds(kept, merged, now, here):
    """Stopped at one address and running at the other: the proof of what goes on is written."""
    formula = make_formula()
    there = {"ENDED": "ACTIVE", "ACTIVE": "ENDED"}[here]
    subscribe(kept, formula, here, now=now)
    subscribe(merged, formula, there, now=now)
    merge(kept, merged, now=now + timedelta(minutes=1))
    assert Subscription.objects.get().state == "ACTIVE"
    last = Consent.objects.order_by("recorded_at", "pk").last()
    assert (last.action, last.method) == ("CONFIRMED", "STAFF")
    assert last.proof == f"merge:{merged.pk}"


def test_choices_are_united_where_several_can_be_chosen(kept, merged, now):
    formula = make_formula(theme_choice=Formula.Choosing.MANY, case_choice=Formula.Choosing.ONE)
    for supporter, theme, case in ((kept, "water", "ana"), (merged, "land", "noor")):
        subscribe(supporter, formula, "ACTIVE", choices={"theme": [theme], "case": [case]}, now=now)
    merge(kept, merged, now=now)
    found = set(SubscriptionChoice.objects.values_list("kind", "code"))
    assert found == {("theme", "water"), ("theme", "land"), ("case", "ana")}


def test_what_was_chosen_for_a_stopped_subscription_does_not_come_back(kept, merged, now):
    formula = make_formula(theme_choice=Formula.Choosing.MANY)
    subscribe(kept, formula, "ACTIVE", choices={"theme": ["water"]}, now=now)
    subscribe(merged, formula, "ENDED", choices={"theme": ["land"]}, now=now)
    merge(kept, merged, now=now)
    assert set(SubscriptionChoice.objects.values_list("code", flat=True)) == {"water"}


def test_links_in_mails_of_the_running_subscription_go_on_working(kept, merged, now):
    formula = make_formula()
    subscribe(kept, formula, "REQUESTED", now=now)
    running = subscribe(merged, formula, "ACTIVE", now=now)
    merge(kept, merged, now=now)
    assert Subscription.objects.get().pk == running.pk


def test_contact_points_of_the_one_that_stays_win(kept, merged, now):
    address = PostalAddress(
        street="Rue de Rien 1", postcode="1348", locality="Nulle-Part", country="BE"
    )
    for supporter, phone in zip((kept, merged), PHONES, strict=True):
        keep_phone(supporter_id=supporter.pk, phone=phone, now=now)
    keep_postal_address(supporter_id=merged.pk, address=address, now=now)
    merge(kept, merged, now=now)
    points = {point.kind: point for point in ContactPoint.objects.all()}
    assert points["PHONE"].value == PHONES[0]
    assert points["POSTAL"].supporter_id == kept.pk
    assert len(points) == 2


@pytest.mark.parametrize(
    ("here", "there", "stays"),
    [
        ("first", "second", "here"),
        ("second", "first", "there"),
        ("first confirmed", "second", "here"),
        ("first", "second confirmed", "there"),
        ("second confirmed", "first confirmed", "there"),
        ("first held", "second", "there"),
    ],
)
def test_of_two_signatures_under_one_petition_one_stays(kept, merged, now, here, there, stays):
    petition = make_petition()
    signatures = {}
    for which, supporter, words in (("here", kept, here), ("there", merged, there)):
        signature = sign(petition, email=supporter.email, now=now)
        late = timedelta(hours=1) if "second" in words else timedelta()
        Signature.objects.filter(pk=signature.pk).update(
            signed_at=now + late,
            confirmed_at=now if "confirmed" in words else None,
            held_at=now if "held" in words else None,
        )
        signatures[which] = signature
    merge(kept, merged, now=now)
    signature = Signature.objects.get()
    assert signature.pk == signatures[stays].pk
    assert signature.supporter_id == kept.pk


def test_what_only_the_other_entry_knows_is_taken_over(now, merged):
    kept = make_supporter(email=HERE, confirmed_at=now, given_name="", family_name="Novák")
    Supporter.objects.filter(pk=merged.pk).update(
        is_minor=True,
        country="BE",
        created_at=now - timedelta(days=900),
        paused_until=now.date(),
        most_mails_a_month=2,
    )
    merge(kept, merged, now=now)
    kept.refresh_from_db()
    assert (kept.given_name, kept.family_name) == ("Mila", "Novák")
    assert (kept.country, kept.is_minor, kept.most_mails_a_month) == ("BE", True, 2)
    assert kept.created_at == now - timedelta(days=900)
    assert kept.paused_until == now.date()
    assert kept.email == HERE


def test_a_second_press_changes_nothing(kept, merged, now):
    subscribe(merged, make_formula(), "ACTIVE", now=now)
    merge(kept, merged, now=now)
    before = every_row()
    merge(kept, merged, now=now + timedelta(seconds=1))
    assert changed(before, every_row()) == set()


def test_an_entry_is_not_joined_with_itself(kept, now):
    with pytest.raises(Refused):
        merge(kept, kept, now=now)
    assert Supporter.objects.count() == 1


def test_the_entry_that_stays_has_a_confirmed_address(merged, now):
    """A link waiting in one mailbox must not vouch for another."""
    kept = make_supporter(email=HERE)
    before = every_row()
    with pytest.raises(Refused):
        merge(kept, merged, now=now)
    assert changed(before, every_row()) == set()


def test_a_merge_that_breaks_off_has_changed_nothing(kept, merged, now, monkeypatch):
    from campaigns.supporters import staff as registry

    subscribe(merged, make_formula(), "ACTIVE", now=now)

    def break_off(**_arguments: object) -> None:
        raise OSError("the machine stops")

    part = registry.MergePart("zz-broken", lambda **_arguments: [], break_off)
    monkeypatch.setitem(registry._parts, part.name, part)
    before = every_row()
    with pytest.raises(OSError, match="stops"):
        merge(kept, merged, now=now)
    assert changed(before, every_row()) == set()


# The screens


def merge_path(kept, merged) -> str:
    return reverse("staff_supporters:merge", args=[kept.pk, merged.pk])


def test_the_preview_says_what_will_happen_and_changes_nothing(staff, kept, merged, now):
    petition = make_petition()
    for supporter in (kept, merged):
        sign(petition, email=supporter.email, now=now)
    sign(make_petition(), email=THERE, now=now)
    formula = make_formula()
    for supporter in (kept, merged):
        subscribe(supporter, formula, "ACTIVE", now=now)
    keep_phone(supporter_id=merged.pk, phone=PHONES[0], now=now)
    before = every_row()
    page = staff.get(merge_path(kept, merged)).text
    assert changed(before, every_row()) <= {"sessions.Session"}
    for words in (
        HERE,
        THERE,
        "1 petition was signed by both",
        "1 signature moves over",
        "The phone number moves over.",
        "This cannot be taken back.",
    ):
        assert (words in page) is True, words
    assert (merge_path(merged, kept) in page) is True


def test_one_button_joins_them(staff, kept, merged):
    response = staff.post(merge_path(kept, merged))
    assert response.status_code == 302
    assert response.url == reverse("staff_supporters:inspect", args=[kept.pk])
    assert list(Supporter.objects.all()) == [kept]
    assert kept.notes.get().author is not None
    again = staff.post(merge_path(kept, merged), follow=True)
    assert again.status_code == 200
    assert list(Supporter.objects.all()) == [kept]


def test_a_pair_that_cannot_be_joined_has_no_button(staff, merged):
    kept = make_supporter(email=HERE)
    page = staff.get(merge_path(kept, merged)).text
    assert ("Join the two entries" in page) is False
    assert staff.post(merge_path(kept, merged)).status_code == 200
    assert Supporter.objects.count() == 2


def test_the_other_entry_is_found_by_the_same_search(staff, kept, merged):
    path = reverse("staff_supporters:find_duplicate", args=[kept.pk])
    assert staff.get(path).status_code == 200
    page = staff.post(path, {"q": "dubreux"}).text
    assert (merge_path(kept, merged) in page) is True
    assert (merge_path(kept, kept) in page) is False


def test_a_likely_duplicate_is_proposed_on_both_pages(staff, kept, merged, now):
    for supporter in (kept, merged):
        keep_phone(supporter_id=supporter.pk, phone=PHONES[0], now=now)
    for one, other in ((kept, merged), (merged, kept)):
        for path in (
            reverse("staff_supporters:inspect", args=[one.pk]),
            reverse("staff_supporters:find_duplicate", args=[one.pk]),
        ):
            page = staff.get(path).text
            assert (merge_path(one, other) in page) is True


def test_a_preview_of_nothing_much_still_says_the_essential(kept, merged):
    told = preview_merge(kept=kept, merged=merged)
    assert len(told) == 2
