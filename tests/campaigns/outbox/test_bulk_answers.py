"""What each provider's answer means, as recorded: read by the carriers from a real connection."""

import smtplib
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from django.utils import timezone

from campaigns.outbox.bulk import Answer, Fate, TroubleKind, open_carrier
from campaigns.outbox.bulk.answers import UNSAID_WAIT, read_error
from campaigns.outbox.bulk.providers import Provider
from tests.providers.recorded import Recorded, answering

from .bulk_mail import batch, use_api

Kind = TroubleKind
SEVERAL = ["mailgun", "resend", "mailjet", "sendgrid"]
ONE_EACH = ["postmark", "brevo", "sparkpost"]
FINE = {
    "mailgun": '{"id": "<1@mg.example.org>", "message": "Queued. Thank you."}',
    "resend": '{"data": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}',
    "mailjet": (
        '{"Messages": ['
        + ", ".join(
            f'{{"Status": "success", "To": [{{"Email": "reader-{number}@example.org",'
            f' "MessageUUID": "u", "MessageID": {number}, "MessageHref": "h"}}]}}'
            for number in (1, 2, 3)
        )
        + "]}"
    ),
    "sendgrid": "",
}


def hand_over(settings, name: str, *answers: Recorded, timeout: float = 5) -> Answer:
    with answering(*answers) as (url, _bodies):
        use_api(settings, name, url, timeout=timeout)
        with open_carrier() as carrier:
            return carrier.hand_over(batch(), until=timezone.now() + timedelta(seconds=30))


@pytest.mark.parametrize("name", SEVERAL)
def test_all_readers_of_a_call_are_accepted(settings, name):
    status = 202 if name == "sendgrid" else 200
    answer = hand_over(settings, name, Recorded(status, FINE[name]))
    assert answer.trouble is None
    assert [each.fate for each in answer.outcomes] == [Fate.ACCEPTED] * 3


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.BAD_CONTENT),
        (401, Kind.ACCOUNT),
        (402, Kind.QUOTA),
        (403, Kind.ACCOUNT),
        (404, Kind.ACCOUNT),
        (408, Kind.UNKNOWN),
        (409, Kind.UNKNOWN),
        (413, Kind.BAD_CONTENT),
        (422, Kind.BAD_CONTENT),
        (425, Kind.UNKNOWN),
        (429, Kind.SLOW_DOWN),
        (500, Kind.UNKNOWN),
        (502, Kind.UNKNOWN),
        (503, Kind.UNKNOWN),
        (504, Kind.UNKNOWN),
    ],
)
def test_a_refused_call_says_what_to_do_next(settings, name, status, kind):
    answer = hand_over(settings, name, Recorded(status, '{"message": "no"}'))
    assert answer.trouble is not None
    assert (answer.trouble.kind, list(answer.outcomes)) == (kind, [])
    assert answer.trouble.note == f"HTTP {status}"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("", UNSAID_WAIT.total_seconds()),
        ("soon", UNSAID_WAIT.total_seconds()),
        ("999999999", 6 * 3600),
    ],
)
def test_too_fast_is_told_with_how_long_to_wait(settings, header, seconds):
    headers = {"Retry-After": header} if header else {}
    answer = hand_over(settings, "mailgun", Recorded(429, "{}", headers))
    assert answer.trouble is not None
    assert answer.trouble.kind is Kind.SLOW_DOWN
    assert answer.trouble.wait.total_seconds() == seconds


@pytest.mark.parametrize(("offset", "seconds"), [(90, 90), (-90, 0)])
def test_or_until_when(settings, offset, seconds):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=offset), usegmt=True)
    answer = hand_over(settings, "mailgun", Recorded(429, "{}", {"Retry-After": until}))
    assert answer.trouble is not None
    assert answer.trouble.wait.total_seconds() == pytest.approx(seconds, abs=5)


def test_an_overloaded_provider_that_says_when_is_obeyed(settings):
    answer = hand_over(settings, "mailgun", Recorded(503, "{}", {"Retry-After": "30"}))
    assert answer.trouble is not None
    assert (answer.trouble.kind, answer.trouble.wait.seconds) == (Kind.SLOW_DOWN, 30)


def test_postmark_has_taken_nothing_when_it_fails(settings):
    answer = hand_over(settings, "postmark", Recorded(500, "{}"))
    assert answer.trouble is not None
    assert (answer.trouble.kind, list(answer.outcomes)) == (Kind.SLOW_DOWN, [])


@pytest.mark.parametrize("name", ["mailgun", "resend", "mailjet"])
@pytest.mark.parametrize("body", ["", "<html>ok</html>", '{"id":', "[]", '{"said": "nothing"}'])
def test_a_success_that_nobody_can_read_is_no_refusal(settings, name, body):
    answer = hand_over(settings, name, Recorded(200, body))
    assert answer.trouble is not None
    assert answer.trouble.kind is Kind.UNKNOWN


def test_whoever_is_missing_from_the_answer_is_unknown(settings):
    answer = hand_over(settings, "resend", Recorded(200, '{"data": [{"id": "a"}]}'))
    fates = [each.fate for each in answer.outcomes]
    assert fates[0] is Fate.ACCEPTED
    assert Fate.REJECTED not in fates


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("answer", [Recorded(hangs=True), Recorded(resets=True)])
def test_an_answer_that_never_comes_leaves_it_open(settings, name, answer):
    found = hand_over(settings, name, answer, timeout=0.5)
    assert found.trouble is not None
    assert found.trouble.kind is Kind.UNKNOWN


@pytest.mark.parametrize("name", [*SEVERAL, *ONE_EACH])
def test_nothing_has_left_where_nobody_listens(settings, name):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    use_api(settings, name, f"http://127.0.0.1:{port}")
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(), until=timezone.now() + timedelta(seconds=30))
    assert answer.trouble is not None
    assert (answer.trouble.kind, list(answer.outcomes)) == (Kind.NOT_TAKEN, [])


def test_nothing_has_left_where_the_name_is_unknown(settings):
    use_api(settings, "mailgun", "http://nowhere.invalid")
    with open_carrier() as carrier:
        answer = carrier.hand_over(batch(), until=timezone.now() + timedelta(seconds=30))
    assert answer.trouble is not None
    assert answer.trouble.kind is Kind.NOT_TAKEN


def test_nothing_has_left_when_the_connection_takes_too_long():
    trouble = read_error(requests.ConnectTimeout(), Provider("any", 1), now=timezone.now())
    assert trouble.kind is Kind.NOT_TAKEN


def _sent_by_postmark(number: int) -> Recorded:
    return Recorded(
        200,
        f'{{"ErrorCode": 0, "Message": "OK", "MessageID": "m{number}",'
        f' "To": "reader-{number}@example.org"}}',
    )


def test_of_one_each_a_refusal_is_about_one_reader_alone(settings):
    words = "Invalid 'To' address: 'reader-2@example.org'."
    refused = Recorded(422, f'{{"ErrorCode": 300, "Message": "{words}"}}')
    inactive = Recorded(422, '{"ErrorCode": 406, "Message": "inactive: reader-3@example.org"}')
    answer = hand_over(settings, "postmark", _sent_by_postmark(1), refused, inactive)
    assert answer.trouble is None
    assert [each.fate for each in answer.outcomes][:2] == [Fate.ACCEPTED, Fate.REJECTED]
    assert answer.outcomes[2].fate is not Fate.ACCEPTED


def test_of_one_each_the_one_in_the_middle_is_unknown_and_the_rest_untried(settings):
    answer = hand_over(settings, "postmark", _sent_by_postmark(1), Recorded(resets=True))
    assert answer.trouble is not None
    assert answer.trouble.kind is Kind.UNKNOWN
    assert [each.fate for each in answer.outcomes] == [Fate.ACCEPTED, Fate.UNKNOWN]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (smtplib.SMTPAuthenticationError(535, b"5.7.8"), Kind.ACCOUNT),
        (smtplib.SMTPSenderRefused(550, b"", "a@example.org"), Kind.ACCOUNT),
        (smtplib.SMTPSenderRefused(451, b"", "a@example.org"), Kind.SLOW_DOWN),
        (smtplib.SMTPConnectError(421, b""), Kind.SLOW_DOWN),
        (smtplib.SMTPDataError(421, b"4.7.0 too fast"), Kind.SLOW_DOWN),
        (smtplib.SMTPDataError(452, b""), Kind.SLOW_DOWN),
        (smtplib.SMTPDataError(552, b""), Kind.BAD_CONTENT),
        (smtplib.SMTPDataError(554, b""), Kind.BAD_CONTENT),
        (smtplib.SMTPHeloError(502, b""), Kind.NOT_TAKEN),
        (smtplib.SMTPServerDisconnected("closed"), Kind.UNKNOWN),
        (ConnectionRefusedError(), Kind.NOT_TAKEN),
        (OSError("something"), Kind.UNKNOWN),
        (RuntimeError("something"), Kind.UNKNOWN),
    ],
)
def test_what_a_mail_server_says(error, kind):
    assert read_error(error, Provider("SMTP", 25), now=timezone.now()).kind is kind


def test_notes_for_staff_name_nobody(settings):
    body = '{"message": "reader-1@example.org is not valid"}'
    answer = hand_over(settings, "mailgun", Recorded(400, body))
    assert answer.trouble is not None
    assert "reader" not in answer.trouble.note
