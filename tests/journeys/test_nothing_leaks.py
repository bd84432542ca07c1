"""One canary through every journey; then every log line, every queue and every page is searched."""

import io
import logging

import pytest
from celery import current_app

from campaigns.outbox import doorbell
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.models import Signature
from config.redaction import RedactingFormatter
from tests.factories.facts import make_formula, make_petition
from tests.factories.pages import make_case_page
from tests.steps import (
    deliver_mail,
    link_in,
    open_link,
    press_button,
    press_sign,
    press_sign_up,
)

CANARY = "canary@example.org"


@pytest.fixture
def log():
    """All that is logged, as the site's handler would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("{levelname} {name}: {message}", style="{"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("django.db.backends", "faker", "factory"):
        logging.getLogger(name).setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_no_address_and_no_token_is_left_behind(
    client, site, mailoutbox, log, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[str] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **options: rung.append(f"{name} {options}")
    )
    doorbell._doorbell.cache_clear()
    petition, formula = make_petition(), make_formula()
    page = make_case_page(case=petition.case, petition=petition)
    tokens = []
    seen = []
    with django_capture_on_commit_callbacks(execute=True):
        press_sign(client, petition, email=CANARY, given_name="Canary")
        press_sign(client, petition, email=CANARY, given_name="Canary", country="ZZ")
        for mail in deliver_mail(mailoutbox):
            tokens.append(link_in(mail).split("/")[-2])
            seen.append(press_button(client, open_link(client, link_in(mail))))
            client.get(link_in(mail)[:-9] + "/")  # Cut off on its way: logged as gone.
        press_sign_up(client, formula, email=CANARY, given_name="Canary")
        for _round in range(2):
            for mail in deliver_mail(mailoutbox):
                tokens.append(link_in(mail).split("/")[-2])
                seen.append(press_button(client, open_link(client, link_in(mail))))
    doorbell._doorbell()._thread.submit(lambda: None).result(timeout=30)
    doorbell._doorbell.cache_clear()
    assert len(tokens) == 3
    assert rung

    for text in (log.getvalue(), "\n".join(rung)):
        assert "canary" not in text.lower()
        for token in tokens:
            assert token not in text
            assert token.rsplit(":", 1)[1] not in text
    for response in seen:
        for token in tokens:
            assert token not in response.url
    for path in (page.url, f"/fr/petitions/{petition.reference}/thanks/", "/sitemap.xml"):
        assert "canary" not in client.get(path).text.lower()
    assert "canary" not in str(list(OutgoingMessage.objects.values())).lower()
    assert Signature.objects.get().confirmed_at is not None
