"""Forget what has been kept long enough, or say what that would be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from campaigns.supporters.services.retention import forget_what_is_due, what_is_due


class Command(BaseCommand):
    help = "Deletes or blanks the rows whose retention is over. Beat does it each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        work = what_is_due if options["dry_run"] else forget_what_is_due
        for rule, count in work(now=timezone.now()).items():
            self.stdout.write(f"{count:6} {rule}")
        self.stdout.write("Nothing was changed." if options["dry_run"] else "Done.")
