"""A supporter's page: why somebody gets nothing, what has happened, and what staff can do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from campaigns.outbox import kinds
from campaigns.outbox.models import DeliveryEvent, OutgoingMessage, Suppression
from campaigns.outbox.services import suppress
from campaigns.supporters.models import Consent, Subscription, Supporter
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.selectors import SilenceCode, timeline, why_silent
from campaigns.supporters.services import confirm_subscription, end_subscription
from campaigns.supporters.services.people import keep_phone, keep_postal_address
from home import setup
from tests.factories.facts import labels, make_formula, make_petition
from tests.factories.people import ask_for, make_staff, make_supporter, sign
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import deliver_mail

pytestmark = pytest.mark.django_db
ADDRESS = "mila@example.org"
PHONE = "+442079460123"


@pytest.fixture
def staff(client, site):
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def served(site, now):
    """A supporter who gets what she asked for."""
    [subscription] = ask_for(make_formula(), email=ADDRESS, now=now)
    confirm_subscription(subscription=subscription, language="fr", now=now)
    return subscription.supporter


def codes(supporter: Supporter) -> list[SilenceCode]:
    supporter.refresh_from_db()
    return [silence.code for silence in why_silent(supporter, now=timezone.now())]


def page_of(client, supporter: Supporter, **query: int) -> str:
    response = client.get(reverse("staff_supporters:inspect", args=[supporter.pk]), query)
    assert response.status_code == 200
    return response.text


def act(client, supporter: Supporter, name: str, **typed: object):
    return client.post(
        reverse("staff_supporters:transition", args=[supporter.pk, name]), typed, follow=True
    )


# Why somebody gets nothing


def test_nothing_stands_in_the_way_of_somebody_who_gets_everything(served, staff):
    assert codes(served) == []
    assert "Nothing stands in the way" in page_of(staff, served)


def test_an_unconfirmed_address_is_a_reason_and_so_is_what_waits_for_it(site):
    [subscription] = ask_for(make_formula(), email=ADDRESS)
    assert codes(subscription.supporter) == [
        SilenceCode.UNCONFIRMED,
        SilenceCode.NO_SUBSCRIPTION,
        SilenceCode.WAITING,
    ]


def test_having_stopped_everything_is_a_reason(served, now):
    end_subscription(subscription=served.subscriptions.get(), now=now)
    assert codes(served) == [SilenceCode.NO_SUBSCRIPTION]


@pytest.mark.parametrize(("days", "is_paused"), [(-1, False), (0, False), (1, True)])
def test_a_pause_is_a_reason_until_it_is_over(served, days, is_paused):
    served.paused_until = timezone.localdate() + timedelta(days=days)
    served.save()
    assert codes(served) == ([SilenceCode.PAUSED] if is_paused else [])


@pytest.mark.parametrize("reason", Suppression.Reason)
def test_a_suppression_is_a_reason_with_scope_cause_and_date(served, now, reason):
    suppress(mailbox=served.mailbox, scope=Suppression.Scope.EVERYTHING, reason=reason, now=now)
    [silence] = [
        each for each in why_silent(served, now=now) if each.code == SilenceCode.SUPPRESSED
    ]
    assert silence.since == now
    assert str(reason.label) in silence.reason
    assert silence.remedy


def test_what_only_keeps_an_import_away_keeps_no_mail_away(served, now):
    suppress(
        mailbox=served.mailbox,
        scope=Suppression.Scope.IMPORT,
        reason=Suppression.Reason.ERASURE,
        now=now,
    )
    assert codes(served) == []


@pytest.mark.parametrize(
    ("own", "sent", "is_capped"), [(2, 1, False), (2, 2, True), (None, 7, False), (None, 8, True)]
)
def test_the_cap_of_mails_is_a_reason_when_it_is_reached(
    served, now, monkeypatch, settings, own, sent, is_capped
):
    settings.MOST_MAILS_A_MONTH = 8
    kind = kinds.MailKind("tests/news", None, dict, lane=kinds.Lane.SUBSCRIBED)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    served.most_mails_a_month = own
    served.save()
    for number in range(sent + 3):
        is_old = number >= sent
        OutgoingMessage.objects.create(
            kind=kind.name,
            language="fr",
            dedupe_key=f"news:{number}",
            state=OutgoingMessage.State.SENT,
            not_before=now,
            created_at=now - timedelta(days=40 if is_old else 1),
            sent_at=now - timedelta(days=40 if is_old else 1),
            person_id=served.pk,
            mailbox=served.mailbox,
        )
    assert codes(served) == ([SilenceCode.CAPPED] if is_capped else [])


def test_a_minor_does_not_get_what_is_for_adults(served):
    formula = served.subscriptions.get().formula
    formula.minimum_age = 16
    formula.save()
    assert codes(served) == []
    served.is_minor = True
    served.save()
    assert codes(served) == [SilenceCode.TOO_YOUNG]


def test_what_a_formula_needs_and_nobody_gave_is_a_reason(served, now):
    formula = served.subscriptions.get().formula
    formula.needs_phone = formula.needs_postal_address = True
    formula.save()
    assert codes(served) == [SilenceCode.PHONE_MISSING, SilenceCode.POSTAL_ADDRESS_MISSING]
    keep_phone(supporter_id=served.pk, phone=PHONE, now=now)
    address = PostalAddress(
        street="Rue de Rien 1", postcode="1348", locality="Nulle-Part", country="BE"
    )
    keep_postal_address(supporter_id=served.pk, address=address, now=now)
    assert codes(served) == []


def test_a_last_mail_that_failed_is_a_reason(served):
    OutgoingMessage.objects.filter(person_id=served.pk).update(
        state=OutgoingMessage.State.FAILED, error="recipient refused"
    )
    assert codes(served) == [SilenceCode.LAST_FAILED]


def test_each_reason_says_what_can_be_done(site, staff, now):
    [subscription] = ask_for(make_formula(needs_phone=True), email=ADDRESS)
    supporter = subscription.supporter
    suppress(
        mailbox=supporter.mailbox,
        scope=Suppression.Scope.EVERYTHING,
        reason=Suppression.Reason.HARD_BOUNCE,
        now=now,
    )
    page = page_of(staff, supporter)
    for silence in why_silent(supporter, now=now):
        assert silence.reason
        assert silence.remedy
        for words in (silence.reason, silence.remedy):
            assert words.replace("'", "&#x27;") in page


# Who, and what they receive


def test_phone_and_postal_address_are_read_here_and_in_no_list(served, staff, now):
    keep_phone(supporter_id=served.pk, phone=PHONE, now=now)
    address = PostalAddress(
        street="Rue de Rien 1", box="63", postcode="1348", locality="Nulle-Part", country="BE"
    )
    keep_postal_address(supporter_id=served.pk, address=address, now=now)
    page = page_of(staff, served)
    assert "20 7946 0123" in page
    assert "Rue de Rien 1" in page
    assert "1348 Nulle-Part" in page
    listed = staff.get(reverse("staff_supporters:index")).text
    assert ADDRESS in listed
    assert "7946" not in listed
    assert "Nulle-Part" not in listed


def test_what_no_key_opens_is_said_and_the_rest_is_shown(served, staff, now, settings):
    keep_phone(supporter_id=served.pk, phone=PHONE, now=now)
    from cryptography.fernet import Fernet

    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode()]
    page = page_of(staff, served)
    assert "its key is missing" in page
    assert ADDRESS in page


def test_the_title_of_the_page_names_nobody(served, staff):
    """It ends up in the browser's history."""
    [title] = ServedPage(page_of(staff, served)).all("title")
    assert "Mila" not in title.words
    assert ADDRESS not in title.words


# The timeline


def test_everything_that_happened_is_told_newest_first(served, staff, now, mailoutbox):
    sign(make_petition(reference="ana"), email=ADDRESS, now=now + timedelta(hours=1))
    [mail, *_more] = OutgoingMessage.objects.filter(kind="petitions/confirm_signature")
    OutgoingMessage.objects.update(not_before=now - timedelta(days=1))
    deliver_mail(mailoutbox)
    DeliveryEvent.objects.create(
        key="one",
        message_id=mail.pk,
        event_type="bounced",
        provider="X",
        reason="full",
        occurred_at=now + timedelta(hours=2),
    )
    suppress(
        mailbox=served.mailbox,
        scope=Suppression.Scope.SUBSCRIBED,
        reason=Suppression.Reason.STAFF,
        now=now + timedelta(hours=3),
    )
    act(staff, served, "note", text="Rang us up.")
    entries = timeline(served)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    told = page_of(staff, served)
    wording = Consent.objects.filter(about="petition:ana").get().wording
    for words in (
        "Rang us up.",
        "petition:ana",
        wording.text[:60],
        "form on the site",
        "confirm signature",
        "bounced",
        "full",
        "decided by staff",
        "first seen",
    ):
        assert words in told, words


def test_a_new_entry_without_any_past_has_a_page(staff):
    assert "first seen" in page_of(staff, make_supporter(given_name="", family_name=""))


def test_a_long_past_is_paged_and_costs_no_more_queries(served, staff, now):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page_of(staff, served)
        return len(caught)

    page_of(staff, served)
    few = queries()
    for number in range(120):
        message = OutgoingMessage.objects.create(
            kind="tests/news",
            language="fr",
            dedupe_key=f"news:{number}",
            state=OutgoingMessage.State.CANCELLED,
            not_before=now,
            created_at=now + timedelta(minutes=number),
            person_id=served.pk,
            error=f"Cause {number}.",
        )
        DeliveryEvent.objects.create(
            key=str(number), message_id=message.pk, event_type="delivered", provider="X"
        )
        sign(make_petition(), email=ADDRESS, now=now)
    many = queries()
    assert many == few
    newest, older = page_of(staff, served), page_of(staff, served, page=2)
    assert "Cause 119." in newest
    assert "Cause 10." not in newest
    assert "Cause 119." not in older


def test_who_only_looked_is_not_part_of_the_persons_past(served, staff):
    page_of(staff, served)
    page_of(staff, served)
    assert "looked at" not in page_of(staff, served)
    assert ModelLogEntry.objects.filter(action="supporters.viewed").count() == 3


# What staff can do


def test_a_note_is_written_with_its_author(served, staff):
    page = act(staff, served, "note", text="Wants letters in large print.")
    note = served.notes.get()
    assert note.text == "Wants letters in large print."
    assert note.author.username in page.text


def test_a_name_is_corrected_and_signatures_keep_theirs(served, staff, now):
    signature = sign(make_petition(), email=ADDRESS, given_name="Mila", now=now)
    act(staff, served, "correct", given_name="Mílá", family_name="Novák", language="nl")
    served.refresh_from_db()
    assert (served.given_name, served.family_name, served.language) == ("Mílá", "Novák", "nl")
    signature.refresh_from_db()
    assert signature.given_name == "Mila"


def test_a_name_with_tricks_in_it_is_refused_in_words(served, staff):
    page = act(staff, served, "correct", given_name="a\u202eb", family_name="N", language="nl")
    assert "invisible" in page.text
    served.refresh_from_db()
    assert served.family_name != "N"


def test_ending_a_subscription_ends_that_one_and_is_proved(served, staff, now):
    [other] = ask_for(make_formula(), email=ADDRESS, now=now)
    confirm_subscription(subscription=other, language="fr", now=now)
    first = served.subscriptions.exclude(pk=other.pk).get()
    act(staff, served, "end", subscription=first.pk)
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.state, first.end_reason) == ("ENDED", Subscription.EndReason.STAFF)
    assert other.state == "ACTIVE"
    line = Consent.objects.get(action="WITHDRAWN")
    assert (line.method, line.about) == ("STAFF", f"formula:{first.formula.code}")


def test_nobody_elses_subscription_is_ended_from_this_page(served, staff, now):
    [other] = ask_for(make_formula(), email="other@example.org", now=now)
    act(staff, served, "end", subscription=other.pk)
    other.refresh_from_db()
    assert other.state == "REQUESTED"


def test_a_suppression_is_lifted_with_a_reason_that_becomes_a_note(served, staff, now):
    suppress(
        mailbox=served.mailbox,
        scope=Suppression.Scope.EVERYTHING,
        reason=Suppression.Reason.HARD_BOUNCE,
        now=now,
    )
    suppression = Suppression.objects.get()
    act(staff, served, "lift", suppression=suppression.pk, why="")
    assert Suppression.objects.get().lifted_at is None
    act(staff, served, "lift", suppression=suppression.pk, why="Her mailbox works again.")
    assert Suppression.objects.get().lifted_at is not None
    assert served.notes.get().text == "Her mailbox works again."
    assert codes(served) == []


def test_somebody_who_asked_to_be_erased_is_not_called_back_by_staff(served, staff, now):
    suppress(
        mailbox=served.mailbox,
        scope=Suppression.Scope.EVERYTHING,
        reason=Suppression.Reason.ERASURE,
        now=now,
    )
    path = reverse("staff_supporters:transition", args=[served.pk, "lift"])
    assert path not in page_of(staff, served)
    act(staff, served, "lift", suppression=Suppression.objects.get().pk, why="x")
    assert Suppression.objects.get().lifted_at is None


def test_the_link_to_the_own_page_goes_to_the_person(served, staff):
    act(staff, served, "send-link")
    assert OutgoingMessage.objects.filter(kind="supporters/open_page").count() == 1


def test_erasing_asks_for_a_reason_and_the_number(served, staff):
    for typed in (
        {},
        {"number": served.pk},
        {"reason": "BY_MAIL"},
        {"reason": "BY_MAIL", "number": served.pk + 1},
    ):
        assert act(staff, served, "erase", **typed).status_code == 200
        assert Supporter.objects.filter(pk=served.pk).exists()


def test_erasing_erases_and_the_log_says_who_and_why(served, staff):
    key = served.pk
    page = act(staff, served, "erase", reason="BY_MAIL", number=key)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == reverse("find_supporter:find")
    assert not Supporter.objects.filter(pk=key).exists()
    entry = ModelLogEntry.objects.get(action="supporters.erase")
    assert entry.data == {"reason": "BY_MAIL"}
    assert entry.user is not None


ACTS = ["note", "correct", "send-link", "end", "lift", "erase"]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_by_get_changes_nothing(served, staff, name):
    before = every_row()
    path = reverse("staff_supporters:transition", args=[served.pk, name])
    assert staff.get(path).status_code == 200
    assert changed(before, every_row()) <= {"sessions.Session"}


def test_these_are_all_acts():
    from campaigns.supporters.viewsets import supporter_viewset

    assert [transition.name for transition in supporter_viewset.transitions] == ACTS


def test_a_person_with_a_formula_named_in_markup_is_shown_as_typed(served, staff):
    formula = served.subscriptions.get().formula
    formula.title = labels("<b>Bold</b>")
    formula.save()
    served.given_name = "<i>Mila</i>"
    served.save()
    page = page_of(staff, served)
    assert "<b>Bold" not in page
    assert "<i>Mila" not in page
