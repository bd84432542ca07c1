"""The embedded default: mail is kept and read on the machine."""

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.urls import NoReverseMatch, reverse

from campaigns.outbox.models import LocalMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings):
    settings.EMAIL_BACKEND = django_settings.LOCAL_INBOX_BACKEND
    email = EmailMultiAlternatives(
        "Please confirm",
        "Open https://localhost/fr/x/ & press <there>",
        to=["Mila <mila@example.org>"],
        headers={"List-Unsubscribe": "<https://localhost/stop/>"},
    )
    email.attach_alternative("<html><head></head><body><p>Words</p></body></html>", "text/html")
    assert email.send() == 1
    return LocalMessage.objects.get()


def test_a_mail_is_kept_with_both_parts_and_its_headers(mail):
    assert (mail.to, mail.subject) == ("mila@example.org", "Please confirm")
    assert "press <there>" in mail.text
    assert "<p>Words</p>" in mail.html
    assert mail.headers["List-Unsubscribe"] == "<https://localhost/stop/>"


@pytest.mark.urls("tests.campaigns.outbox.urls_with_inbox")
def test_the_inbox_lists_and_opens_mails(client, mail):
    listed = client.get("/outbox/")
    assert listed.status_code == 200
    assert "Please confirm" in listed.text
    opened = client.get(f"/outbox/{mail.pk}/")
    assert 'href="https://localhost/fr/x/"' in opened.text
    assert "&lt;there&gt;" in opened.text
    for response in (listed, opened):
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.urls("tests.campaigns.outbox.urls_with_inbox")
def test_the_layout_is_shown_in_a_frame_that_runs_nothing(client, mail):
    response = client.get(f"/outbox/{mail.pk}/html/")
    assert "<p>Words</p>" in response.text
    assert '<base target="_top">' in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.urls("tests.campaigns.outbox.urls_with_inbox")
def test_a_mail_that_does_not_exist_is_not_found(client):
    assert client.get("/outbox/12345/", follow=True).status_code == 404
    assert client.post("/outbox/").status_code == 405


def test_there_is_no_inbox_where_mail_leaves_the_machine(client):
    with pytest.raises(NoReverseMatch):
        reverse("outbox:inbox")
    assert client.get("/outbox/", follow=True).status_code == 404
