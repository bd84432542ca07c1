"""Erase a supporter, or say what that would do. No address stands on a command line."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns.mailboxes import canonical_address
from campaigns.supporters.models import Supporter
from campaigns.supporters.services.erasure import erase_supporter, rows_to_forget


class Command(BaseCommand):
    help = "Erases all that is held about a supporter. Without a number, reads an address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, nargs="?", help="the supporter's number")
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        supporter = self._supporter(options["number"])
        if options["dry_run"]:
            counts = rows_to_forget(supporter=supporter)
        else:
            counts = erase_supporter(supporter=supporter, now=timezone.now())
        for label, count in sorted(counts.items()):
            self.stdout.write(f"{count:6} {label}")
        self.stdout.write("Nothing was changed." if options["dry_run"] else "Erased.")

    def _supporter(self, number: int | None) -> Supporter:
        found = Supporter.objects.all()
        if number is None:
            # Arguments are seen by every user of the machine, and kept in the shell's history.
            address = sys.stdin.readline().strip()
            found = found.filter(email_canonical=canonical_address(address))
        else:
            found = found.filter(pk=number)
        supporter = found.first()
        if supporter is None:
            raise CommandError("No such supporter.")
        return supporter
