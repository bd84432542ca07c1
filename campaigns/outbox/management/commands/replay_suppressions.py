"""Apply what the suppression ledger knows and this database does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.outbox import suppression_ledger


class Command(BaseCommand):
    help = "Repeats erasures and refusals after a backup was put back. Every start does it, too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--begin", action="store_true", help="begin the ledger of a machine that is new"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["begin"]:
            self.stdout.write(f"The ledger of this machine is {suppression_ledger.begin()}.")
        try:
            replayed = suppression_ledger.replay()
        except suppression_ledger.LedgerLost as error:
            raise CommandError(str(error)) from error
        for kind, count in sorted(replayed.applied.items()):
            self.stdout.write(f"{count:6} {kind}")
        if replayed.unreadable:
            self.stdout.write(f"{replayed.unreadable:6} lines were cut off by a crash")
        for kind in sorted(replayed.unknown):
            self.stdout.write(f"Lines of kind {kind} wait for a newer release.")
        self.stdout.write("This database knows the whole ledger.")
