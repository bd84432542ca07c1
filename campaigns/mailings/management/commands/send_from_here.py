"""`manage.py send_from_here`: this installation sends mailings, and no copy of its database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.mailings.sending_site import send_from_here


class Command(BaseCommand):
    help = "Say that this installation sends mailings, and no copy of its database elsewhere."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        send_from_here(now=timezone.now())
        self.stdout.write(f"Mailings are sent from {settings.BASE_URL}.")
