from django.core.management.base import BaseCommand

from home.setup import set_up_site


class Command(BaseCommand):
    help = "Makes the languages, home pages and staff roles of a fresh database."

    def handle(self, **_options: object) -> None:
        set_up_site()
        self.stdout.write("The site is set up.")
