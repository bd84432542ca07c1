"""The three ways out, to providers in processes of their own."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from campaigns.outbox.bulk import Fate, TroubleKind, open_carrier
from campaigns.outbox.bulk.carriers import BatchCarrier, OneEachCarrier, SmtpCarrier
from tests.providers.recorded import Recorded, answering
from tests.providers.running import running

from .bulk_mail import batch, reader, use_api


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running("http_api", tmp_path_factory.mktemp("api")) as provider:
        yield provider


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory):
    with running("smtp", tmp_path_factory.mktemp("smtp")) as server:
        yield server


@pytest.fixture
def smtp(settings, mail_server):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    return mail_server


def soon():
    return timezone.now() + timedelta(seconds=20)


def fates(answer):
    return [each.fate for each in answer.outcomes]


@pytest.mark.parametrize("name", ["mailgun", "resend"])
def test_a_provider_of_batches_gets_all_readers_in_one_call(settings, api, name):
    api.behave()
    use_api(settings, name, api.url)
    before = len(api.log())
    with open_carrier() as carrier:
        assert isinstance(carrier, BatchCarrier)
        numbers = [1000 + before, 2000 + before]
        answer = carrier.hand_over(
            batch(*(reader(number) for number in numbers), key=f"key-{name}"), until=soon()
        )
    assert answer.trouble is None
    assert fates(answer) == [Fate.ACCEPTED] * 2
    assert all(each.provider_id for each in answer.outcomes)
    [line] = api.log()[before:]
    assert line["mails"] == [[str(number), f"reader-{number}@example.org"] for number in numbers]


def test_mailgun_is_told_each_reader_s_values_headers_and_number(settings):
    fine = Recorded(200, '{"id": "<1@mg.example.org>", "message": "Queued. Thank you."}')
    with answering(fine) as (url, bodies):
        use_api(settings, "mailgun", url)
        with open_carrier() as carrier:
            carrier.hand_over(batch(), until=soon())
    said = parse_qs(bodies[0].decode())
    assert len(said["to"]) == 3
    assert "%recipient.greeting%" in said["html"][0]
    assert "{" not in said["html"][0] + said["text"][0]
    variables = json.loads(said["recipient-variables"][0])
    for number in (1, 2, 3):
        own = variables[f"reader-{number}@example.org"]
        assert own["greeting"] == f"Hello Mila {number},"
        assert own["v:delivery"] == str(number)
        assert own["h:List-Unsubscribe"].endswith(f"/{number}/>")
    assert said["h:List-Id"] == ["<urgent-actions.en.example.org>"]
    assert said["v:chunk"] == ["7"]
    assert said["o:tracking-opens"] == said["o:tracking-clicks"] == ["no"]


def test_resend_gets_finished_mails(settings):
    fine = Recorded(200, '{"data": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}')
    with answering(fine) as (url, bodies):
        use_api(settings, "resend", url)
        with open_carrier() as carrier:
            carrier.hand_over(batch(reader(1, greeting="<b>"), reader(2), reader(3)), until=soon())
    mails = json.loads(bodies[0])
    assert [mail["to"] for mail in mails] == [
        [f"reader-{number}@example.org"] for number in (1, 2, 3)
    ]
    assert "&lt;b&gt;" in mails[0]["html"]
    assert mails[0]["text"].startswith("<b>")
    assert mails[1]["text"].startswith("Hello Mila 2,")
    for number, mail in enumerate(mails, 1):
        assert mail["headers"]["List-Unsubscribe"].endswith(f"/{number}/>")
        assert json.loads(mail["headers"]["X-Metadata"])["delivery"] == str(number)


def test_the_same_call_again_is_answered_as_before_and_sent_once(settings, api):
    api.behave()
    use_api(settings, "resend", api.url)
    mail = batch(reader(70_001), key="once")
    with open_carrier() as carrier:
        first = carrier.hand_over(mail, until=soon())
        again = carrier.hand_over(mail, until=soon())
        other = carrier.hand_over(batch(reader(70_002), key="once"), until=soon())
    assert first.outcomes == again.outcomes
    assert api.accepted()[70_001] == 1
    assert 70_002 not in api.accepted()
    # Refused for other bytes: nobody knows what became of the first ones.
    assert other.trouble is not None
    assert other.trouble.kind is TroubleKind.UNKNOWN


@pytest.mark.parametrize("behaviour", [{"hung": 1.0}, {"reset": 1.0}])
def test_what_was_taken_without_an_answer_is_open(settings, api, behaviour):
    api.behave(**behaviour)
    use_api(settings, "mailgun", api.url, timeout=0.5)
    number = 80_001 + len(api.log())
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(reader(number)), until=soon())
    api.behave()
    assert answer.trouble is not None
    assert answer.trouble.kind is TroubleKind.UNKNOWN
    assert api.accepted()[number] == 1


def test_one_call_each_stops_when_its_time_is_up(settings, api):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    with open_carrier() as carrier:
        assert isinstance(carrier, OneEachCarrier)
        answer = carrier.hand_over(batch(), until=timezone.now() - timedelta(seconds=1))
    assert (list(answer.outcomes), answer.trouble) == ([], None)


def test_one_call_each_names_nobody_else(settings, mailoutbox):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(), until=soon())
    assert fates(answer) == [Fate.ACCEPTED] * 3
    assert [mail.to for mail in mailoutbox] == [
        [f"reader-{number}@example.org"] for number in (1, 2, 3)
    ]
    assert mailoutbox[1].body.startswith("Hello Mila 2,")
    assert mailoutbox[1].extra_headers["List-Unsubscribe"].endswith("/2/>")


def test_a_mail_server_gets_each_mail_over_one_connection(smtp):
    to = [reader(number, f"smtp-{number}@example.org") for number in (1, 2, 3)]
    with open_carrier() as carrier:
        assert isinstance(carrier, SmtpCarrier)
        assert fates(carrier.hand_over(batch(*to), until=soon())) == [Fate.ACCEPTED] * 3
    taken = smtp.mails()
    message = message_from_bytes(taken["smtp-2@example.org"], policy=policy.default)
    assert message["To"] == "smtp-2@example.org"
    assert message["List-Unsubscribe"].endswith("/2/>")
    assert message.get_body(("plain",)).get_content().startswith("Hello Mila 2,")
    assert "smtp-1" not in taken["smtp-2@example.org"].decode()


def test_lines_that_are_dots_arrive(smtp):
    to = reader(1, "dots@example.org")
    text = "one\n.\n..\ntwo\n.three"
    with open_carrier() as carrier:
        carrier.hand_over(batch(to, text=text), until=soon())
    message = message_from_bytes(smtp.mails()["dots@example.org"], policy=policy.default)
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip() == text


def test_a_mail_server_that_refuses_one_reader_takes_the_others(smtp):
    to = [
        reader(1, "no-such-box@example.org"),
        reader(2, "fine-1@example.org"),
        reader(3, "bad-words-1@example.org"),
        reader(4, "fine-2@example.org"),
    ]
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(*to), until=soon())
    assert answer.trouble is None
    assert fates(answer) == [Fate.REJECTED, Fate.ACCEPTED, Fate.REJECTED, Fate.ACCEPTED]


def test_a_mail_server_that_is_busy_is_left_alone_for_a_while(smtp):
    to = [reader(1, "fine-3@example.org"), reader(2, "later-1@example.org"), reader(3)]
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(*to), until=soon())
    assert fates(answer) == [Fate.ACCEPTED]
    assert answer.trouble is not None
    assert answer.trouble.kind is TroubleKind.SLOW_DOWN


@pytest.mark.parametrize("local_part", ["gone", "shut"])
def test_a_connection_that_breaks_leaves_one_mail_open_and_the_next_batch_gets_through(
    smtp, local_part
):
    to = [reader(1, "fine-4@example.org"), reader(2, f"{local_part}-1@example.org"), reader(3)]
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(*to), until=soon())
        assert fates(answer) == [Fate.ACCEPTED, Fate.UNKNOWN]
        assert answer.trouble is not None
        assert answer.trouble.kind is TroubleKind.UNKNOWN
        after = carrier.hand_over(batch(reader(4, f"after-{local_part}@example.org")), until=soon())
    assert fates(after) == [Fate.ACCEPTED]
    assert f"after-{local_part}@example.org" in smtp.mails()


def test_a_mail_server_that_is_not_there_costs_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(), until=soon())
    assert answer.trouble is not None
    assert (answer.trouble.kind, list(answer.outcomes)) == (TroubleKind.NOT_TAKEN, [])
