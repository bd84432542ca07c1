"""Messages of solidarity are read by staff before anybody; who wrote them is not said."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry, ReferenceIndex

from campaigns.cases.models import WriterRules
from campaigns.petitions import services, solidarity
from campaigns.petitions.models import SolidarityMessage
from campaigns.transitions import Refused
from home import setup
from tests.factories.solidarity import (
    make_english_staff,
    make_friend,
    make_marathon,
    write,
    write_and_confirm,
)
from tests.pages import ServedPage
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    """Refusals are words, and these tests read them."""
    with translation.override("en"):
        yield


LIST = "solidarity_messages:index"
HOUR = timedelta(hours=1)


@pytest.fixture
def friend():
    return make_friend(may_mention_us=False, note={"en": "Nothing about the weather."})


@pytest.fixture
def edition(friend):
    return make_marathon(friend)


@pytest.fixture
def moderator(client):
    client.force_login(make_english_staff(setup.MODERATORS))
    return client


def state(message):
    message.refresh_from_db()
    return message.state


def do(client, message, name, **typed):
    path = reverse("solidarity_messages:transition", args=[message.pk, name])
    return client.post(path, typed, follow=True)


def decide(client, decision, *ticked, **typed):
    sent = {"messages": [str(each.pk) for each in ticked], "decision": decision, **typed}
    return client.post(reverse(LIST), sent, follow=True)


# Deciding


def test_only_what_its_writer_has_confirmed_is_decided(friend, edition, now):
    message = write(friend, now=now)
    for act in (services.approve_message, services.refuse_message):
        reason = {"reason": "x"} if act is services.refuse_message else {}
        with pytest.raises(Refused, match="not confirmed"):
            act(message=message, now=now, **reason)
    assert state(message) == "WAITING"


def test_a_decision_is_logged_without_the_words_and_can_be_changed_once_each_way(
    friend, edition, now, admin_user
):
    message = write_and_confirm(friend, text="Words for nobody else.", now=now)
    services.approve_message(message=message, by=admin_user, now=now)
    assert solidarity.approved_by_case(edition) == {friend.case_id: 1}
    with pytest.raises(Refused, match="approved already"):
        services.approve_message(message=message, now=now)
    services.refuse_message(message=message, reason="A name in it.", by=admin_user, now=now)
    assert solidarity.approved_by_case(edition) == {}
    with pytest.raises(Refused, match="refused already"):
        services.refuse_message(message=message, reason="Again.", now=now)
    logged = list(ModelLogEntry.objects.order_by("pk").values("action", "label", "data", "user"))
    assert [line["action"] for line in logged] == [
        "petitions.approve_message",
        "petitions.refuse_message",
    ]
    assert {line["user"] for line in logged} == {admin_user.pk}
    for words in ("Words for nobody", "Mila", "mila@", "A name in it"):
        assert words not in str(logged)


def test_what_the_rules_forbid_meanwhile_is_not_approved(friend, edition, now):
    message = write_and_confirm(friend, now=now)
    WriterRules.objects.update(may_write_to_family=False)
    with pytest.raises(Refused, match="rules of this case"):
        services.approve_message(message=message, now=now)
    services.refuse_message(message=message, reason="Too dangerous now.", now=now)
    assert state(message) == "REFUSED"


def test_what_was_taken_back_meanwhile_is_not_decided(friend, edition, now):
    message = write_and_confirm(friend, now=now)
    services.withdraw_message(supporter_id=message.supporter_id, key=str(message.pk), now=now)
    with pytest.raises(Refused, match="taken the message back"):
        services.approve_message(message=message, now=now)


# In the admin


def test_the_list_shows_what_waits_and_never_who_wrote(moderator, friend, edition, now):
    old = write_and_confirm(
        friend, email="canary-1@example.org", text="Waits long.", now=now - timedelta(hours=47)
    )
    SolidarityMessage.objects.update(confirmed_at=now - timedelta(hours=49))
    write_and_confirm(friend, email="canary-2@example.org", text="Came later.", now=now)
    write(friend, email="canary-3@example.org", text="Not confirmed.", now=now)
    shown = moderator.get(reverse(LIST)).text
    assert shown.index("Waits long.") < shown.index("Came later.")
    assert "Not confirmed." not in shown
    assert "2 messages wait to be read." in shown
    assert "1 message has been waiting for more than 48 hours." in shown
    assert shown.count("more than 48 hours</p>") == 1
    assert "Does not mention us" in shown
    assert "Nothing about the weather." in shown
    inspect = moderator.get(reverse("solidarity_messages:inspect", args=[old.pk])).text
    assert "Waits long." in inspect
    history = moderator.get(reverse("solidarity_messages:history", args=[old.pk]))
    assert history.status_code == 200
    for page in (shown, inspect, history.text):
        assert "canary" not in page
        assert reverse("staff_supporters:inspect", args=[old.supporter_id]) not in page


def test_several_are_approved_at_once_and_what_was_decided_meanwhile_says_so(
    moderator, friend, edition, now
):
    messages = [
        write_and_confirm(friend, email=f"m{number}@example.org", now=now) for number in range(4)
    ]
    services.approve_message(message=messages[0], now=now)
    answer = decide(moderator, "approve", *messages[:3])
    assert "2 messages approved." in answer.text
    assert "approved already" in answer.text
    assert [state(message) for message in messages] == [*["APPROVED"] * 3, "WAITING"]


def test_several_are_refused_for_one_reason_that_has_to_be_given(moderator, friend, edition, now):
    messages = [
        write_and_confirm(friend, email=f"m{number}@example.org", now=now) for number in range(2)
    ]
    assert "Please give a reason." in decide(moderator, "refuse", *messages).text
    assert "Tick the messages first." in decide(moderator, "refuse", reason="Spam.").text
    for nonsense in ("not-a-key", "0" * 36, "0" * 32, "'; --"):
        sent = {"messages": nonsense, "decision": "approve"}
        assert moderator.post(reverse(LIST), sent).status_code == 200
    assert {state(message) for message in messages} == {"WAITING"}
    assert "2 messages refused." in decide(moderator, "refuse", *messages, reason="Spam.").text
    assert {(message.state, message.reason) for message in SolidarityMessage.objects.all()} == {
        ("REFUSED", "Spam.")
    }
    refused = moderator.get(reverse(LIST), {"state": "REFUSED"}).text
    assert refused.count("Spam.") == 2
    assert "Approve the ticked ones" in refused


def test_one_is_approved_and_refused_from_its_page(moderator, friend, edition, now):
    message = write_and_confirm(friend, now=now)
    assert "Done: Approve" in do(moderator, message, "approve").text
    assert state(message) == "APPROVED"
    assert "Please give a reason." in do(moderator, message, "refuse").text
    do(moderator, message, "refuse", reason="A phone number in it.")
    assert state(message) == "REFUSED"


def test_what_is_not_confirmed_has_no_page(moderator, friend, edition, now):
    message = write(friend, now=now)
    path = reverse("solidarity_messages:inspect", args=[message.pk])
    assert moderator.get(path, follow=True).status_code == 404


def test_the_approved_ones_are_printed_with_their_lines_and_no_address(
    moderator, friend, edition, now
):
    texts = ["One\nTwo", "<b>Bold</b>", "Refused.", "Waiting."]
    one, bold, refused, _waiting = [
        write_and_confirm(friend, email=f"canary-{number}@example.org", text=text, now=now)
        for number, text in enumerate(texts)
    ]
    for message in (one, bold):
        services.approve_message(message=message, now=now)
    services.refuse_message(message=refused, reason="x", now=now)
    path = reverse("solidarity_messages:print", args=[edition.pk, friend.case_id])
    response = moderator.get(path)
    page = ServedPage(response.text)
    assert len(page.all("article")) == 2
    assert "One<br>Two" in response.text
    assert "&lt;b&gt;Bold" in response.text
    assert {article.attributes["lang"] for article in page.all("article")} == {"fr"}
    for words in ("Refused.", "Waiting.", "canary", "@"):
        assert words not in response.text
    assert "max-age=0" in response.headers.get("Cache-Control", "max-age=0")


MAY = [setup.MODERATORS, setup.CAMPAIGNERS]
MAY_NOT = [setup.EDITORS, setup.TRANSLATORS, setup.SUPPORTER_SERVICE]


@pytest.mark.parametrize("role", [*MAY, *MAY_NOT])
def test_moderators_and_campaigners_read_messages_and_nobody_else(
    client, friend, edition, now, role
):
    message = write_and_confirm(friend, text="For few eyes.", now=now)
    client.force_login(make_english_staff(role))
    paths = {
        "index": reverse(LIST),
        "inspect": reverse("solidarity_messages:inspect", args=[message.pk]),
        "approve": reverse("solidarity_messages:transition", args=[message.pk, "approve"]),
        "print": reverse("solidarity_messages:print", args=[edition.pk, friend.case_id]),
        "history": reverse("solidarity_messages:history", args=[message.pk]),
    }
    before = every_row()
    for name, path in paths.items():
        response = client.get(path)
        assert (response.status_code == 200) is (role in MAY), name
        if role in MAY_NOT:
            assert client.post(path, {"reason": "x"}).status_code in {302, 403, 405}, name
            assert "few eyes" not in response.text
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}
    assert state(message) == "WAITING"


@pytest.mark.parametrize("name", ["add", "edit", "delete"])
def test_nobody_writes_or_deletes_messages_superusers_included(
    client, admin_user, friend, edition, now, name
):
    message = write_and_confirm(friend, now=now)
    client.force_login(admin_user)
    path = reverse(f"solidarity_messages:{name}", args=[] if name == "add" else [message.pk])
    before = every_row()
    for response in (client.get(path), client.post(path, {"text": "Changed."})):
        assert response.status_code in {302, 403, 404}
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


def test_the_supporter_service_sees_on_the_persons_page_that_they_wrote(
    client, friend, edition, now
):
    message = write_and_confirm(friend, text="For few eyes.", now=now)
    services.approve_message(message=message, now=now)
    client.force_login(make_english_staff(setup.SUPPORTER_SERVICE))
    page = client.get(reverse("staff_supporters:inspect", args=[message.supporter_id])).text
    assert "Message of solidarity" in page
    assert "approved" in page
    assert "few eyes" not in page


def test_messages_are_in_no_index_of_references(friend, edition, now):
    write_and_confirm(friend, now=now)
    assert not ReferenceIndex.is_indexed(SolidarityMessage)
