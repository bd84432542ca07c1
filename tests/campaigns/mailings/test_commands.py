"""`run_outbox` does without any broker what the workers do; `send_from_here` says who sends."""

import pytest
from django.core.management import call_command

from campaigns.mailings.models import SendingSite

pytestmark = pytest.mark.django_db


def test_a_site_that_has_moved_says_so(settings, capsys):
    settings.BASE_URL = "https://www.example.org"
    call_command("send_from_here")
    assert SendingSite.objects.get().base_url == "https://www.example.org"
    assert "https://www.example.org" in capsys.readouterr().out
